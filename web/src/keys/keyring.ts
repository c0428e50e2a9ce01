/**
 * The keys of the person who is signed in, in this browser. The root is unwrapped only when something must be opened,
 * and never leaves this folder except sealed.
 */

import {
  b64uEncode,
  countersign,
  deviceSigner,
  identitySigner,
  newDeviceKey,
  newId,
  openKey,
  personKeys,
  practiceKemSeed,
  randomBytes,
  readSealedKey,
  signStatement,
  type Bytes,
  type DeviceKey,
  type Dsse,
  type PersonKeys,
  type SealedKey,
  type Signer,
} from "../crypto";
import { api } from "../net";
import { wireNow } from "./clock";
import { eraseKept, readKept, writeKept, type Kept } from "./store";

export type Fields = Readonly<Record<string, unknown>>;

/** A sealed key that is for none of our keys, or of a practice whose key we do not hold. */
export class NotOursError extends Error {
  override readonly name = "NotOursError";
}

export class Keyring {
  readonly person: string;
  readonly device: string;
  readonly devicePublicKey: Bytes;
  /** Signs items and manifests as this device. */
  readonly signer: Signer;
  readonly #kept: Kept;
  #keys: Promise<PersonKeys> | null = null;
  readonly #seeds = new Map<string, Promise<ReadonlyMap<number, Bytes>>>();

  constructor(kept: Kept) {
    this.#kept = kept;
    this.person = kept.person;
    this.device = kept.device;
    this.devicePublicKey = kept.devicePublic;
    this.signer = deviceSigner(kept.device, { privateKey: kept.devicePrivate });
  }

  /** Signs a statement as this device; `id`, `at`, `person`, `device` and `session` are added, unless given. */
  async sign(kind: string, fields: Fields): Promise<Dsse> {
    return signStatement(kind, this.#body(fields), this.signer);
  }

  /** Signs what another person has signed, as this device: for what takes two people. */
  async agree(statement: Dsse): Promise<Dsse> {
    return countersign(statement, this.signer);
  }

  /** Signs as this device, and beside it as someone else: a practice's recovery sheet. */
  async signBeside(other: Signer, kind: string, fields: Fields): Promise<Dsse> {
    return signStatement(kind, this.#body(fields), this.signer, other);
  }

  /** Signs as the person's identity, for what must hold without any device. */
  async signAsIdentity(kind: string, fields: Fields): Promise<Dsse> {
    const { identitySeed } = await this.keys();
    return signStatement(kind, this.#body(fields), identitySigner(this.person, identitySeed));
  }

  /** The two key pairs of the person. */
  async keys(): Promise<PersonKeys> {
    this.#keys ??= this.root().then(personKeys);
    return this.#keys;
  }

  /** The root itself: to add an unlock method, and for nothing else. */
  async root(): Promise<Bytes> {
    const { rootKey, rootNonce, wrappedRoot } = this.#kept;
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: rootNonce }, rootKey, wrappedRoot));
  }

  /**
   * Opens a record's care key, sealed to this person or to a practice of theirs (then fetches the practice's seeds once).
   * Throws NotOursError, or EnvelopeError when it is another record's or was altered.
   */
  async openCareKey(value: unknown, record: string): Promise<Bytes> {
    const sealed = readSealedKey(value);
    // What it is for is what we ask for, not what it says: else a server has one record's key opened as another's.
    const wanted = { purpose: "care-key", about: record, recipient: sealed.recipient } as const;
    if (sealed.recipient === this.person) return openKey(sealed, (await this.keys()).kemSeed, wanted);
    const seed = await this.practiceSeed(sealed.recipient, sealed.generation);
    return openKey(sealed, await practiceKemSeed(seed), wanted);
  }

  /** The seed of one generation of a practice that this person is a confirmed member of. Throws NotOursError. */
  async practiceSeed(practice: string, generation: number): Promise<Bytes> {
    const seed = (await this.#practiceSeeds(practice)).get(generation);
    if (!seed) throw new NotOursError(`generation ${generation} of practice ${practice}`);
    return seed;
  }

  /** A seed that this browser has just made, before the server knows it. */
  async rememberPracticeSeed(practice: string, generation: number, seed: Bytes): Promise<void> {
    const known = await (this.#seeds.get(practice) ?? Promise.resolve(new Map<number, Bytes>()));
    this.#seeds.set(practice, Promise.resolve(new Map(known).set(generation, seed)));
  }

  #practiceSeeds(practice: string): Promise<ReadonlyMap<number, Bytes>> {
    let asked = this.#seeds.get(practice);
    if (!asked) {
      asked = this.#fetchSeeds(practice);
      // A failure of the network is not remembered.
      asked.catch(() => this.#seeds.delete(practice));
      this.#seeds.set(practice, asked);
    }
    return asked;
  }

  async #fetchSeeds(practice: string): Promise<ReadonlyMap<number, Bytes>> {
    const sealed = await api.get<SealedKey[]>(`/api/practices/${practice}/seeds`);
    return openSeeds(practice, this.person, (await this.keys()).kemSeed, sealed);
  }

  #body(fields: Fields): Record<string, unknown> {
    const { session } = this.#kept;
    const about = { id: newId(), at: wireNow(), person: this.person, device: this.device };
    return { ...about, ...(session === "" ? {} : { session }), ...fields };
  }
}

/** Opens my own copies first, then walks down: generation n opens the sealed seed of n − 1. */
export async function openSeeds(
  practice: string,
  person: string,
  kemSeed: Bytes,
  sealed: readonly unknown[],
): Promise<ReadonlyMap<number, Bytes>> {
  const all = sealed.map(readSealedKey).filter((key) => key.about === practice);
  const seeds = new Map<number, Bytes>();
  for (const key of all.filter((one) => one.purpose === "practice-seed" && one.recipient === person)) {
    const wanted = { purpose: "practice-seed", about: practice, recipient: person } as const;
    seeds.set(key.generation, await openKey(key, kemSeed, wanted));
  }
  const past = all.filter((one) => one.purpose === "past-practice-seed" && one.recipient === practice);
  for (const key of past.sort((a, b) => b.generation - a.generation)) {
    const newer = seeds.get(key.generation);
    if (!newer || seeds.has(key.generation - 1)) continue;
    const wanted = { purpose: "past-practice-seed", about: practice, recipient: practice } as const;
    seeds.set(key.generation - 1, await openKey(key, await practiceKemSeed(newer), wanted));
  }
  return seeds;
}

/** What is needed to keep someone's keys in this browser. */
export interface Unlocked {
  readonly person: string;
  readonly root: Bytes;
  readonly device: string;
  readonly deviceKey: DeviceKey;
  readonly session: string;
}

/** Keeps an unlocked root in this browser, wrapped. Throws KeyStoreError. */
export async function keepKeyring(unlocked: Unlocked): Promise<Keyring> {
  const rootKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const rootNonce = randomBytes(12);
  const iv = { name: "AES-GCM", iv: rootNonce };
  const wrappedRoot = new Uint8Array(await crypto.subtle.encrypt(iv, rootKey, unlocked.root));
  const kept: Kept = {
    person: unlocked.person,
    device: unlocked.device,
    devicePrivate: unlocked.deviceKey.privateKey,
    devicePublic: unlocked.deviceKey.publicKey,
    rootKey,
    rootNonce,
    wrappedRoot,
    session: unlocked.session,
  };
  await writeKept(kept);
  // Asks the browser not to evict what it keeps for us; it may say no, and then signing in fills it again. Not waited for: Firefox asks the
  // person, who may never answer.
  void navigator.storage?.persist?.().catch(() => false);
  return new Keyring(kept);
}

/** The keyring of the person signed in on this page, or null: nothing kept, or someone else's keys. */
export async function loadKeyring(): Promise<Keyring | null> {
  const kept = await readKept();
  if (!kept) return null;
  const signedIn = personOfPage();
  // The session and the keys die together: keys of another person than the session's are of no use to either.
  return signedIn !== null && signedIn !== kept.person ? null : new Keyring(kept);
}

/** The keys that this browser holds, though nobody is signed in or someone else is: for what only denies. */
export async function keyringOfBefore(): Promise<Keyring | null> {
  const kept = await readKept();
  return kept ? new Keyring(kept) : null;
}

/** The keyring; or leaves the page to get one, and then never settles. */
export async function requireKeyring(): Promise<Keyring> {
  const keyring = await loadKeyring().catch(() => null);
  const signedIn = personOfPage();
  if (keyring && signedIn !== "") return keyring;
  const where = signedIn ? "/unlock" : "/sign-in";
  location.assign(`${where}?next=${encodeURIComponent(location.pathname + location.search)}`);
  return new Promise<never>(() => undefined);
}

/** The key that this browser has of a person from before, whether the session is still there or not; or null. */
export async function keptDevice(person: string): Promise<{ device: string; deviceKey: DeviceKey } | null> {
  const kept = await readKept().catch(() => null);
  if (kept?.person !== person) return null;
  return { device: kept.device, deviceKey: { privateKey: kept.devicePrivate, publicKey: kept.devicePublic } };
}

/** Forget the keys of this browser. */
export async function forgetKeyring(): Promise<void> {
  await eraseKept();
}

/** Makes the key of this browser and the statement that enrols it, signed by the person's identity and by itself. */
export async function newDevice(person: string, keys: PersonKeys): Promise<{ device: string; deviceKey: DeviceKey; statement: Dsse }> {
  const device = newId();
  const deviceKey = await newDeviceKey();
  const statement = await deviceStatement(person, keys, device, deviceKey);
  return { device, deviceKey, statement };
}

async function deviceStatement(person: string, keys: PersonKeys, device: string, deviceKey: DeviceKey): Promise<Dsse> {
  const body = {
    id: newId(),
    at: wireNow(),
    person,
    device,
    new_device: device,
    public_key: b64uEncode(deviceKey.publicKey),
  };
  return signStatement("device", body, identitySigner(person, keys.identitySeed), deviceSigner(device, deviceKey));
}

/** What the page says of the session: a person's id, "" for a stranger, null where the page does not say. */
function personOfPage(): string | null {
  return document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content ?? null;
}
