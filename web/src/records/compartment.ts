/** An open compartment: what is in it, what comes, and what this person adds. */

import { contentKey, manifestRoot, newId, sealJson, signManifest, type Bytes, type ContentKey, type SealedKey } from "../crypto";
import { NotOursError, wireNow, type Keyring } from "../keys";
import { api, ApiError } from "../net";
import { releaseOne } from "../vault";
import { checked, RecordError } from "./errors";
import { keepHeight } from "./heights";
import { fetchItems, holdOwn, readContents, type Contents, type Held, type OpenedItem } from "./reading";

const MOST_CONFLICTS = 6;
const LOST_WAITS_MS = [500, 1500] as const;

export interface OpenOptions {
  /** Why, where nothing but the reader's word allows it: the opening is then told to the patient and the practice's managers. */
  readonly reason?: string;
}

interface Described {
  readonly sealed_keys: readonly SealedKey[];
}

/**
 * Opens one compartment of a record: the vault's half is asked for while the sealed half comes; by a written reason, only once it is
 * there, for that opening weighs, is told to the patient, and would be for nothing. Rejects with VaultRefusal, RecordError,
 * DirectoryError or ApiError.
 */
export async function openCompartment(keyring: Keyring, record: string, compartment: string, purpose: string, options: OpenOptions = {}): Promise<Compartment> {
  const query = options.reason === undefined ? "" : "?purpose=break-glass";
  const place = { record, compartment, epoch: 0 };
  const sealed = Promise.all([openCareKey(keyring, record, compartment, query), fetchItems(place, query)]);
  if (options.reason !== undefined) await sealed;
  const [turn, [careKey, coming]] = await Promise.all([releaseOne(keyring, place, purpose, options.reason), sealed]);
  const { epoch } = coming.served;
  if (epoch !== place.epoch) throw new RecordError("epoch", `Epoch ${epoch} is not known here.`);
  const key = await checked(contentKey(place, careKey, turn));
  return new Compartment(keyring, key, query, await readContents(coming, key, keyring.person));
}

async function openCareKey(keyring: Keyring, record: string, compartment: string, query: string): Promise<Bytes> {
  if (compartment === "contact") return new Uint8Array(0);
  const asked = api.get<Described>(`/api/records/${record}${query}`);
  // The keys of this person are made ready while the server answers. What fails here fails again where a key is opened.
  void keyring.keys().catch(() => undefined);
  const { sealed_keys } = await asked;
  // Newest generation first; an older copy may be the only one that this person holds a key for.
  for (const sealed of [...sealed_keys].reverse()) {
    try {
      return await checked(keyring.openCareKey(sealed, record));
    } catch (error) {
      if (!(error instanceof NotOursError)) throw error;
    }
  }
  throw new RecordError("no-key", "None of this person's keys opens the record.");
}

export class Compartment {
  readonly #keyring: Keyring;
  readonly #key: ContentKey;
  readonly #query: string;
  #contents: Contents;
  /** Reads and writes follow one another: each manifest is the next of the one before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(keyring: Keyring, key: ContentKey, query: string, contents: Contents) {
    this.#keyring = keyring;
    this.#key = key;
    this.#query = query;
    this.#contents = contents;
  }

  get record(): string {
    return this.#key.place.record;
  }

  get compartment(): string {
    return this.#key.place.compartment;
  }

  /** For sealing and opening files of this compartment. */
  get key(): ContentKey {
    return this.#key;
  }

  /** The newest version of each item, in the order in which they first came. */
  get items(): readonly OpenedItem[] {
    return this.#contents.held.map((one) => one.opened);
  }

  get counter(): number {
    return this.#contents.manifest?.counter ?? 0;
  }

  /** Fetches what others wrote, and returns what is new or changed since. */
  refresh(): Promise<readonly OpenedItem[]> {
    return this.#inTurn(() => this.#refresh());
  }

  /**
   * Seals an item and adds it, or a new version of it when `item` names one that is there. Whoever tries again after a lost answer
   * gives the same new id, and nothing is written twice.
   */
  put(kind: string, data: unknown, item: string = newId()): Promise<OpenedItem> {
    return this.#inTurn(() => this.#put(kind, data, item));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #refresh(): Promise<readonly OpenedItem[]> {
    const before = new Map(this.#contents.held.map((one) => [one.opened.item, one.opened.version]));
    const coming = await fetchItems(this.#key.place, this.#query, this.#contents.held);
    this.#contents = await readContents(coming, this.#key, this.#keyring.person);
    return this.items.filter((one) => before.get(one.item) !== one.version);
  }

  async #put(kind: string, data: unknown, item: string): Promise<OpenedItem> {
    for (let conflicts = 0; ; conflicts += 1) {
      const written = await this.#seal(kind, data, item);
      try {
        await this.#send(written);
      } catch (error) {
        if (!isTaken(error) || conflicts === MOST_CONFLICTS) throw error;
        await this.#refresh();
        // Ours may be the write that took the counter: its answer was lost.
        if (!this.#holds(written.own)) continue;
        return written.own.opened;
      }
      this.#contents = { held: written.held, manifest: written.manifest };
      await keepHeight(written.manifest);
      return written.own.opened;
    }
  }

  async #seal(kind: string, data: unknown, item: string): Promise<Written> {
    const { person, device, signer } = this.#keyring;
    const { held, manifest } = this.#contents;
    const author = { person, device };
    const before = held.find((one) => one.opened.item === item);
    const about = { item, version: (before?.opened.version ?? 0) + 1, kind, author, at: wireNow() };
    const sealed = await checked(sealJson(data, this.#key, about, signer));
    const own = await holdOwn(sealed, data, before?.opened.position ?? held.length, person);
    const after = before ? held.map((one) => (one === before ? own : one)) : [...held, own];
    const hashes = after.map((one) => one.hash);
    const next = { place: this.#key.place, hashes, counter: (manifest?.counter ?? 0) + 1, author, at: wireNow() };
    const signed = await signManifest(next, signer);
    return { own, held: after, body: { items: [sealed], manifest: signed }, manifest: { ...next, size: hashes.length, root: manifestRoot(hashes) } };
  }

  /** Sends; a lost answer is asked for again with the same bytes, and then found taken by ourselves at worst. */
  async #send({ body }: Written): Promise<void> {
    const path = `/api/records/${this.record}/${this.compartment}`;
    for (const wait of LOST_WAITS_MS) {
      try {
        await api.post(path, body);
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || !error.isOffline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    await api.post(path, body);
  }

  #holds({ opened, sealed }: Held): boolean {
    return this.#contents.held.some((one) => one.opened.item === opened.item && one.sealed.signature === sealed.signature);
  }
}

interface Written {
  readonly own: Held;
  readonly held: readonly Held[];
  readonly body: { readonly items: readonly object[]; readonly manifest: object };
  readonly manifest: NonNullable<Contents["manifest"]>;
}

function isTaken(error: unknown): boolean {
  return error instanceof ApiError && (error.error === "counter-taken" || error.error === "version-taken");
}
