/**
 * Items: one sealed thing, signed by its author's device (docs/spec/envelope.md, "Items"). The header is the AAD, and both
 * header and ciphertext are under the signature: nobody can read, move or forge one.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { b64uEncode, concat, equalBytes, jsonOf, label, lp, parseJson, randomBytes, utf8, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { aesOpen, aesSeal } from "./kdf";
import { isSamePlace, type ContentKey, type Place } from "./keys";
import { pad, unpad } from "./padding";
import { isSignedByDevice, type Author, type AuthorKey, type Signer } from "./signing";
import { pae } from "./statement";
import { binary, checkSuite, fields, number, SUITE, text } from "./wire";

const NONCE_BYTES = 12;
const TYPE = "application/vnd.colloque.item.v1";

/** As it is on the wire: `header` is JSON text, kept byte for byte. */
export interface SealedItem {
  readonly header: string;
  readonly ciphertext: string;
  readonly signature: string;
}

export interface Header extends Place {
  readonly item: string;
  readonly version: number;
  readonly kind: string;
  readonly author: Author;
  readonly at: string;
  readonly nonce: Bytes;
  readonly commitment: Bytes;
}

export interface OpenedItem {
  readonly header: Header;
  readonly data: Bytes;
  readonly hash: Bytes;
}

export interface NewItem {
  readonly item: string;
  readonly version: number;
  readonly kind: string;
  readonly author: Author;
  readonly at: string; // YYYY-MM-DDTHH:MM:SS.mmmZ
}

/** Seals bytes as one version of an item; `signer` is the author's device. */
export async function sealItem(data: Bytes, key: ContentKey, about: NewItem, signer: Signer): Promise<SealedItem> {
  const nonce = randomBytes(NONCE_BYTES);
  const header = writeHeader({ ...key.place, ...about, nonce, commitment: key.commitment });
  const headerBytes = utf8(header);
  const ciphertext = await aesSeal(key.aes, nonce, pad(data), headerBytes);
  const signature = await signer.sign(pae(TYPE, digests(headerBytes, ciphertext)));
  return { header, ciphertext: b64uEncode(ciphertext), signature: b64uEncode(signature) };
}

export function sealJson(value: unknown, key: ContentKey, about: NewItem, signer: Signer): Promise<SealedItem> {
  return sealItem(utf8(JSON.stringify(value)), key, about, signer);
}

export interface Wanted {
  readonly item?: string;
  readonly leastVersion?: number;
}

/** An item as it came, read and hashed: all that can be done before its key is there. */
export interface ReceivedItem {
  readonly header: Header;
  readonly hash: Bytes;
  readonly headerBytes: Bytes;
  readonly ciphertext: Bytes;
  readonly signature: Bytes;
  readonly body: Bytes;
}

/** Reads an item; throws `malformed` or `suite`. Nothing is said yet of who wrote it. */
export function receiveItem(sealed: unknown): ReceivedItem {
  const source = fields(sealed);
  const headerBytes = utf8(text(source, "header"));
  const ciphertext = binary(source, "ciphertext");
  const body = digests(headerBytes, ciphertext);
  return { header: readHeader(sealed), hash: hashOf(body), headerBytes, ciphertext, signature: binary(source, "signature", 64), body };
}

/** Rejects with `author` or `signature` unless the author's device signed the item. */
export function checkReceived({ header, signature, body }: ReceivedItem, authorKey: AuthorKey): Promise<void> {
  return checkAuthor(header.author, authorKey, signature, pae(TYPE, body));
}

/**
 * Checks and opens an item, in the order of the specification. Throws EnvelopeError with the first that fails: `suite`, `place`,
 * `item` (when `wanted` names one), `commitment`, `author`, `signature`, `tag`, `padding`; `malformed` when it cannot be read at all.
 */
export async function openItem(
  sealed: unknown,
  key: ContentKey,
  authorKey: AuthorKey,
  wanted: Wanted = {},
): Promise<OpenedItem> {
  const received = receiveItem(sealed);
  return openReceived(received, key, () => checkReceived(received, authorKey), wanted);
}

/** The second half of openItem. `signed` settles as checkReceived does; it may have been asked before the key came. */
export async function openReceived(
  { header, hash, headerBytes, ciphertext }: ReceivedItem,
  key: ContentKey,
  signed: () => Promise<void>,
  wanted: Wanted = {},
): Promise<OpenedItem> {
  checkWanted(header, key, wanted);
  await signed();
  let padded: Bytes;
  try {
    padded = await aesOpen(key.aes, header.nonce, ciphertext, headerBytes);
  } catch {
    throw new EnvelopeError("tag", "the content was altered");
  }
  return { header, data: unpad(padded), hash };
}

/** The opened content as JSON; throws `malformed` when it is not. */
export function itemJson(opened: OpenedItem): unknown {
  return jsonOf(opened.data);
}

/** Reads a header without checking who wrote it. */
export function readHeader(sealed: unknown): Header {
  const source = fields(parseJson(text(fields(sealed), "header")));
  checkSuite(source);
  const author = fields(source["author"]);
  return {
    record: text(source, "record"),
    compartment: text(source, "compartment"),
    epoch: number(source, "epoch"),
    item: text(source, "item"),
    version: number(source, "version"),
    kind: text(source, "kind"),
    author: { person: text(author, "person"), device: text(author, "device") },
    at: text(source, "at"),
    nonce: binary(source, "nonce", NONCE_BYTES),
    commitment: binary(source, "commitment", 32),
  };
}

/** The hash that manifests are made of. */
export function itemHash(sealed: unknown): Promise<Bytes> {
  return Promise.resolve().then(() => {
    const source = fields(sealed);
    return hashOf(digests(utf8(text(source, "header")), binary(source, "ciphertext")));
  });
}

function checkWanted(header: Header, key: ContentKey, { item, leastVersion = 0 }: Wanted): void {
  if (!isSamePlace(header, key.place)) {
    throw new EnvelopeError("place", "of another record, compartment or epoch");
  }
  if ((item !== undefined && header.item !== item) || header.version < leastVersion) {
    throw new EnvelopeError("item", "another item, or an older version of it");
  }
  if (!equalBytes(header.commitment, key.commitment)) {
    throw new EnvelopeError("commitment", "sealed under another key");
  }
}

async function checkAuthor(author: Author, authorKey: AuthorKey, signature: Bytes, signed: Bytes): Promise<void> {
  const key = await authorKey(author);
  if (key === null) throw new EnvelopeError("author", "the directory does not know this author's device");
  if (!(await isSignedByDevice(key, signature, signed))) {
    throw new EnvelopeError("signature", "the author's device did not sign this");
  }
}

function writeHeader(header: Header): string {
  const { record, compartment, epoch, item, version, kind, author, at, nonce, commitment } = header;
  return JSON.stringify({
    suite: SUITE,
    record,
    compartment,
    epoch,
    item,
    version,
    kind,
    author: { person: author.person, device: author.device },
    at,
    nonce: b64uEncode(nonce),
    commitment: b64uEncode(commitment),
  });
}

// Synchronous: items are small and come by hundreds, and each hash by WebCrypto is a trip to another thread.
function digests(header: Bytes, ciphertext: Bytes): Bytes {
  return concat(lp(sha256(header)), lp(sha256(ciphertext)));
}

function hashOf(digestPair: Bytes): Bytes {
  return new Uint8Array(sha256(concat(label("colloque/v1/item"), digestPair)));
}
