/**
 * Reading a compartment: what the server serves, checked as a whole. Either every item is its author's, and together they are what
 * the last writer signed, or nothing is shown.
 */

import { checkManifest, itemHash, itemJson, openItem, readHeader, type Author, type AuthorKey, type Bytes, type ContentKey, type Manifest, type SealedItem } from "../crypto";
import { deviceKey } from "../directory";
import { api } from "../net";
import { checked, RecordError } from "./errors";
import { heightOf, keepHeight } from "./heights";

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

export async function fetchItems(record: string, compartment: string, query: string): Promise<Served> {
  const served = await api.get<Served>(`/api/records/${record}/${compartment}${query}`);
  askForAuthors(served.items);
  return served;
}

/** The directory is asked while the vault still answers. Whatever fails here fails again, and is told, when the item is read. */
function askForAuthors(items: readonly SealedItem[]): void {
  const authors = new Map<string, Author>();
  try {
    for (const sealed of items) {
      const { author } = readHeader(sealed);
      authors.set(author.device, author);
    }
  } catch {
    return;
  }
  for (const author of authors.values()) void keyOfAuthor(author).catch(() => undefined);
}

/** What a revoked device wrote while it was good stays its author's. */
const keyOfAuthor: AuthorKey = async ({ person, device }: Author) => (await deviceKey(person, device)).publicKey;

/** Opens and checks all that was served. `before` is what this page holds already. */
export async function readContents(served: Served, key: ContentKey, me: string, before: readonly Held[] = []): Promise<Contents> {
  const known = new Map(before.map((one) => [one.opened.item, one]));
  const held = await checked(Promise.all(served.items.map((sealed, position) => openOne(sealed, position, { key, me, known }))));
  const remembered = await heightOf(key.place);
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

async function openOne(sealed: SealedItem, position: number, { key, me, known }: Reading): Promise<Held> {
  const before = known.get(readHeader(sealed).item);
  if (before && isSame(before.sealed, sealed)) return { ...before, opened: { ...before.opened, position } };
  const wanted = before ? { item: before.opened.item, leastVersion: before.opened.version + 1 } : {};
  const found = await openItem(sealed, key, keyOfAuthor, wanted);
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
