/**
 * Keys and what they are made of (docs/spec/envelope.md, "Keys"). Every derivation has a label that names its
 * purpose, so that no secret serves two. What can be kept where scripts cannot read it is.
 */

import { ed25519 } from "@noble/curves/ed25519.js";

import { concat, keyId, label, u32, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { kemPublicKey } from "./hpke";
import { hkdf, hkdfFrom, importForAes, importForHkdf } from "./kdf";
import { SUITE } from "./wire";

const KEY_BYTES = 32;
const CONTACT = "contact";

/** Where an item lives, and what its content key is bound to. */
export interface Place {
  readonly record: string;
  readonly compartment: string;
  readonly epoch: number;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.record === b.record && a.compartment === b.compartment && a.epoch === b.epoch;
}

/** The key of one place, ready for use and not readable. `commitment` goes with each item: AES-GCM does not commit. */
export interface ContentKey {
  readonly place: Place;
  readonly aes: CryptoKey;
  readonly derive: CryptoKey;
  readonly commitment: Bytes;
}

/**
 * Joins the two keys. Throws `malformed` when either is missing: only `contact` has an empty care key. Were one accepted
 * elsewhere, a server could talk a browser into sealing under a key that the vault alone can make.
 */
export async function contentKey(place: Place, careKey: Bytes, turn: Bytes): Promise<ContentKey> {
  const raw = await rawContentKey(place, careKey, turn);
  const [aes, derive] = await Promise.all([importForAes(raw), importForHkdf(raw)]);
  raw.fill(0);
  const commitment = await hkdfFrom(derive, placeLabel("colloque/v1/commitment", place));
  return { place, aes, derive, commitment };
}

/** The bytes of a content key, for the shared vectors; pages use `contentKey`. */
export async function rawContentKey(place: Place, careKey: Bytes, turn: Bytes): Promise<Bytes> {
  if (careKey.length !== (place.compartment === CONTACT ? 0 : KEY_BYTES)) {
    throw new EnvelopeError("malformed", "the care key has 32 bytes, and none for contact");
  }
  checkLength(turn, "the vault's turn");
  return hkdf(concat(careKey, turn), placeLabel(SUITE, place));
}

/** The two key pairs that a person root expands to. */
export interface PersonKeys {
  readonly kemSeed: Bytes;
  readonly kemKey: Bytes;
  readonly kemKeyId: string;
  readonly identitySeed: Bytes;
  readonly identityKey: Bytes;
}

export async function personKeys(root: Bytes): Promise<PersonKeys> {
  checkLength(root, "a person root");
  const kemSeed = await hkdf(root, label("colloque/v1/person/kem"));
  const identitySeed = await hkdf(root, label("colloque/v1/person/identity"));
  const kemKey = await kemPublicKey(kemSeed);
  return {
    kemSeed,
    kemKey,
    kemKeyId: await keyId(kemKey),
    identitySeed,
    // Dear to make, and needed only where a person registers: not each time that a key is opened.
    get identityKey() {
      return new Uint8Array(ed25519.getPublicKey(identitySeed));
    },
  };
}

/** The X-Wing seed of one generation of a practice. */
export async function practiceKemSeed(seed: Bytes): Promise<Bytes> {
  checkLength(seed, "a practice seed");
  return hkdf(seed, label("colloque/v1/practice/kem"));
}

function placeLabel(purpose: string, place: Place): Bytes {
  return label(purpose, place.record, place.compartment, u32(place.epoch));
}

function checkLength(bytes: Bytes, what: string): void {
  if (bytes.length !== KEY_BYTES) throw new EnvelopeError("malformed", `${what} has 32 bytes`);
}
