/**
 * Reading a compartment: what the server serves, checked as a whole. Either every item is its author's, and together they are what
 * the last writer signed, or nothing is shown.
 */

import { checkManifest, checkReceived, equalBytes, itemHash, itemJson, manifestRoot, openReceived, readHeader, receiveItem, type Author, type AuthorKey, type Bytes, type ContentKey, type Manifest, type Place, type ReceivedItem, type SealedItem } from "../crypto";
import { deviceKey } from "../directory";
import { api } from "../net";
import { checked, RecordError } from "./errors";
import { heightOf, keepHeight, type Height } from "./heights";

/** One thing in a record, opened: the newest version of it. */
export interface OpenedItem {
  readonly item: string;
  readonly version: number;
  readonly kind: string;
  readonly data: unknown;
  readonly author: string;
  readonly device: string;
  readonly at: string;
  readonly position: number;
  readonly isMine: boolean;
}

export interface Served {
  readonly epoch: number;
  readonly items: readonly SealedItem[];
  readonly manifest: unknown;
}

/** What was served and is not opened yet; and the newest list that this browser had seen when it asked. */
export interface Coming {
  readonly served: Served;
  readonly remembered: Height | null;
  readonly known: ReadonlyMap<string, Held>;
  readonly items: readonly (ReceivedItem | Held)[];
  readonly signed: readonly Promise<void>[];
}

/** What is held of an item, so that a second reading opens only what is new. */
export interface Held {
  readonly sealed: SealedItem;
  readonly hash: Bytes;
  readonly opened: OpenedItem;
}

export interface Contents {
  readonly held: readonly Held[];
  readonly manifest: Manifest | null;
}

/** What the server served, being checked; `before` is what this page holds already. Rejects as the request does, and with RecordError. */
export async function fetchItems(place: Place, query: string, before: readonly Held[] = []): Promise<Coming> {
  // Before it asks: what another tab writes and remembers while the answer is on its way, the answer need not have.
  const remembered = await heightOf(place);
  const served = await api.get<Served>(`/api/records/${place.record}/${place.compartment}${query}`);
  const known = new Map(before.map((one) => [one.opened.item, one]));
  return checked(receiveAll(served, known, remembered));
}

const AT_ONCE = 64;

/**
 * The directory is asked, and signatures are checked, while the vault still answers: between two pieces its answer is looked at.
 * Where this browser remembers nothing of the list, the browser's other threads check each piece while the next one is read here.
 */
async function receiveAll(served: Served, known: Coming["known"], remembered: Height | null): Promise<Coming> {
  const items: (ReceivedItem | Held)[] = [];
  const signed: Promise<void>[] = [];
  askForAuthors(served.items);
  for (let at = 0; at < served.items.length; at += AT_ONCE) {
    await othersTurn();
    items.push(...served.items.slice(at, at + AT_ONCE).map((sealed) => receive(sealed, known)));
    if (remembered === null) signed.push(...items.slice(at).map(checkOne));
  }
  if (remembered !== null) {
    const seen = seenBefore(items, remembered);
    signed.push(...items.map((one, position) => (position < seen ? Promise.resolve() : checkOne(one))));
  }
  return { served, remembered, known, items, signed };
}

function checkOne(one: ReceivedItem | Held): Promise<void> {
  const signed = "opened" in one ? Promise.resolve() : checkReceived(one, keyOfAuthor);
  signed.catch(() => undefined); // told in its turn, when the item is opened
  return signed;
}

/** Lets answers that wait have their turn. A timer would, but sleeps for 4 ms from the fifth time on. */
function othersTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * How many items from the first on are, byte for byte, those whose signatures this browser checked on an earlier visit: their
 * hashes make the root that it kept then.
 */
function seenBefore(items: readonly { readonly hash: Bytes }[], { size, root }: Height): number {
  if (size === 0 || items.length < size) return 0;
  return equalBytes(manifestRoot(items.slice(0, size).map((one) => one.hash)), root) ? size : 0;
}

/** Whatever fails here fails again, and is told, when the item is read. */
function askForAuthors(items: readonly SealedItem[]): void {
  const authors = new Map<string, Author>();
  try {
    for (const { header } of items) {
      const { author } = JSON.parse(header) as { readonly author: Author };
      authors.set(author.device, author);
    }
  } catch {
    return;
  }
  for (const author of authors.values()) void keyOfAuthor(author).catch(() => undefined);
}

function receive(sealed: SealedItem, known: ReadonlyMap<string, Held>): ReceivedItem | Held {
  const before = known.size === 0 ? undefined : known.get(readHeader(sealed).item);
  return before && isSame(before.sealed, sealed) ? before : receiveItem(sealed);
}

/** What a revoked device wrote while it was good stays its author's. */
const keyOfAuthor: AuthorKey = async ({ person, device }: Author) => (await deviceKey(person, device)).publicKey;

/** Opens and checks all that was served. */
export async function readContents({ served, remembered, known, items, signed }: Coming, key: ContentKey, me: string): Promise<Contents> {
  const opening = served.items.map((sealed, position) => openOne(sealed, position, { received: items[position], signed: signed[position] }, { key, me, known }));
  const held = await checked(Promise.all(opening));
  if (served.manifest === null || served.manifest === undefined) {
    if (held.length > 0 || remembered !== null) throw new RecordError("missing", "The signed list of this compartment is gone.");
    return { held, manifest: null };
  }
  const hashes = held.map((one) => one.hash);
  const manifest = await checked(checkManifest(served.manifest, { place: key.place, hashes, authorKey: keyOfAuthor, remembered }));
  checkWriter(manifest, held);
  await keepHeight(manifest);
  return { held, manifest };
}

/** Whoever writes a list has just written an item of it, with the content key. A server may register people; it cannot give them that. */
function checkWriter({ author }: Manifest, held: readonly Held[]): void {
  const isWriter = held.some(({ opened }) => opened.author === author.person && opened.device === author.device);
  if (!isWriter) throw new RecordError("manifest-author", "The list is signed by someone who wrote nothing in it.");
}

interface Reading {
  readonly key: ContentKey;
  readonly me: string;
  readonly known: ReadonlyMap<string, Held>;
}

interface Arrived {
  readonly received: ReceivedItem | Held | undefined;
  readonly signed: Promise<void> | undefined;
}

async function openOne(sealed: SealedItem, position: number, { received, signed }: Arrived, { key, me, known }: Reading): Promise<Held> {
  if (received === undefined || signed === undefined) throw new RecordError("missing", "An item came that was not read.");
  if ("opened" in received) return { ...received, opened: { ...received.opened, position } };
  const before = known.get(received.header.item);
  const wanted = before ? { item: before.opened.item, leastVersion: before.opened.version + 1 } : {};
  const found = await openReceived(received, key, () => signed, wanted);
  const { item, version, kind, author, at } = found.header;
  const opened = { item, version, kind, data: itemJson(found), author: author.person, device: author.device, at, position, isMine: author.person === me };
  return { sealed, hash: found.hash, opened };
}

function isSame(a: SealedItem, b: SealedItem): boolean {
  return a.header === b.header && a.ciphertext === b.ciphertext && a.signature === b.signature;
}

/** The item as it will be held once the server has it. */
export async function holdOwn(sealed: SealedItem, data: unknown, position: number, me: string): Promise<Held> {
  const { item, version, kind, author, at } = readHeader(sealed);
  const opened = { item, version, kind, data, author: author.person, device: author.device, at, position, isMine: author.person === me };
  return { sealed, hash: await itemHash(sealed), opened };
}
