/**
 * Sealed keys: a secret sealed to one public key for one purpose (docs/spec/envelope.md, "Sealed keys"). Purpose,
 * subject, recipient, key and generation are in HPKE's `info`: a server that moves one makes it unopenable.
 */

import { b64uEncode, keyId, label, textOf, u32, utf8, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { kemPublicKey, openWith, sealTo } from "./hpke";
import { pad, unpad } from "./padding";
import { binary, checkSuite, fields, number, SUITE, text } from "./wire";

const PURPOSES = [
  "care-key",
  "practice-seed",
  "past-practice-seed",
  "person-root",
  "practice-recovery",
  "note",
] as const;
export type Purpose = (typeof PURPOSES)[number];
export type KeyPurpose = Exclude<Purpose, "note">;

export const NOTE_CHARACTERS = 2000;

/** As it is on the wire. */
export interface SealedKey {
  readonly suite: string;
  readonly purpose: string;
  readonly about: string;
  readonly recipient: string;
  readonly key_id: string;
  readonly generation: number;
  readonly sealed: string;
}

/** Whom a key is sealed to: a person, practice or unlock method, by one public key of theirs. */
export interface Recipient {
  readonly id: string;
  readonly publicKey: Bytes;
  readonly generation?: number;
}

export interface SealedFor {
  readonly purpose: KeyPurpose;
  readonly about: string;
  readonly recipient: string;
}

/** Seals a 32-byte secret. */
export async function sealKey(secret: Bytes, purpose: KeyPurpose, about: string, to: Recipient): Promise<SealedKey> {
  if (secret.length !== 32) throw new EnvelopeError("malformed", "a sealed key holds 32 bytes");
  return sealAs(secret, purpose, about, to);
}

/**
 * Opens a 32-byte secret with the recipient's X-Wing seed. Throws `suite`, `malformed`, or `sealed` when it is for another
 * purpose, subject, recipient or key.
 */
export async function openKey(sealed: unknown, seed: Bytes, wanted: SealedFor): Promise<Bytes> {
  const secret = await openFor(sealed, seed, wanted);
  if (secret.length !== 32) throw new EnvelopeError("malformed", "a sealed key holds 32 bytes");
  return secret;
}

/** Seals a word to a whole practice: at most 2,000 characters. */
export async function sealNote(note: string, practice: Recipient): Promise<SealedKey> {
  if ([...note].length > NOTE_CHARACTERS) throw new EnvelopeError("malformed", "a note has at most 2,000 characters");
  return sealAs(pad(utf8(note)), "note", practice.id, practice);
}

export async function openNote(sealed: unknown, seed: Bytes, practice: string): Promise<string> {
  const padded = await openFor(sealed, seed, { purpose: "note", about: practice, recipient: practice });
  return textOf(unpad(padded));
}

/** Checks the shape of a sealed key that came from elsewhere. */
export function readSealedKey(value: unknown): SealedKey {
  const source = fields(value);
  checkSuite(source);
  const purpose = text(source, "purpose");
  if (!(PURPOSES as readonly string[]).includes(purpose)) throw new EnvelopeError("malformed", "unknown purpose");
  return {
    suite: SUITE,
    purpose,
    about: text(source, "about"),
    recipient: text(source, "recipient"),
    key_id: text(source, "key_id"),
    generation: number(source, "generation"),
    sealed: text(source, "sealed"),
  };
}

async function sealAs(plaintext: Bytes, purpose: Purpose, about: string, to: Recipient): Promise<SealedKey> {
  const key_id = await keyId(to.publicKey);
  const unsealed = { suite: SUITE, purpose, about, recipient: to.id, key_id, generation: to.generation ?? 0 };
  const sealed = await sealTo(to.publicKey, info(unsealed), plaintext);
  return { ...unsealed, sealed: b64uEncode(sealed) };
}

async function openFor(
  value: unknown,
  seed: Bytes,
  wanted: { readonly purpose: Purpose; readonly about: string; readonly recipient: string },
): Promise<Bytes> {
  const key = readSealedKey(value);
  if (key.purpose !== wanted.purpose || key.about !== wanted.about || key.recipient !== wanted.recipient) {
    throw new EnvelopeError("sealed", "for another purpose, subject or recipient");
  }
  if (key.key_id !== (await keyId(await kemPublicKey(seed)))) throw new EnvelopeError("sealed", "to another key");
  return openWith(seed, info(key), binary({ ...key }, "sealed"));
}

function info(key: Omit<SealedKey, "sealed">): Bytes {
  const { purpose, about, recipient, key_id, generation } = key;
  return label("colloque/v1/sealed-key", purpose, about, recipient, key_id, u32(generation));
}
