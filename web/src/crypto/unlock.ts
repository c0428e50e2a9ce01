/**
 * Unlock methods: how a person gets at their root (docs/spec/envelope.md, "Unlock methods"). Each has an X-Wing pair of
 * its own: its seed is wrapped under what the person holds, and the root is sealed to its public key, so that a new root
 * needs no touch of the authenticator.
 */

import { b64uEncode, concat, equalBytes, label, newId, randomBytes, sha256, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { kemPublicKey, PUBLIC_KEY_BYTES, SEED_BYTES } from "./hpke";
import { aesOpen, aesSeal, hkdf, importForAes } from "./kdf";
import { readArgon2, SALT_BYTES, type Argon2 } from "./passphrase";
import { CODE_BYTES } from "./recovery-code";
import { openKey, readSealedKey, sealKey, type SealedKey } from "./sealed-key";
import { binary, fields, text } from "./wire";

const NONCE_BYTES = 12;
const KINDS = ["passkey", "passphrase", "recovery"] as const;
export type UnlockKind = (typeof KINDS)[number];

/** As it is on the wire. */
export interface UnlockMethod {
  readonly id: string;
  readonly kind: UnlockKind;
  readonly public_key: string;
  readonly wrapped_seed: string;
  readonly sealed_root: SealedKey;
  readonly salt?: string;
  readonly argon2?: Argon2;
}

/** What a person brings to a method; made by one of the three functions below. */
export interface Unlocker {
  readonly kind: UnlockKind;
  readonly ikm: Bytes;
}

/** The PRF input of every passkey. */
export function prfSalt(): Promise<Bytes> {
  return sha256(label("colloque/v1/prf"));
}

export function byPasskey(prfOutput: Bytes): Unlocker {
  return unlocker("passkey", prfOutput, 32);
}

export function byPassphrase(unlockSecret: Bytes, unlockShare: Bytes): Unlocker {
  if (unlockSecret.length !== 32) throw new EnvelopeError("malformed", "the unlock secret has 32 bytes");
  return unlocker("passphrase", concat(unlockSecret, unlockShare), 64);
}

export function byRecoveryCode(code: Bytes): Unlocker {
  return unlocker("recovery", code, CODE_BYTES);
}

/** Whose method it is (a person; a practice, for its recovery sheet) and what it opens. */
export interface MethodOwner {
  readonly owner: string;
  readonly purpose?: "person-root" | "practice-recovery";
}

export interface NewMethod extends MethodOwner {
  readonly id?: string;
  readonly salt?: Bytes;
  readonly argon2?: Argon2;
}

/** Makes a method that opens `root` (a practice seed, for `practice-recovery`). */
export async function makeMethod(root: Bytes, by: Unlocker, options: NewMethod): Promise<UnlockMethod> {
  const { owner, purpose = "person-root", id = newId(), salt, argon2 } = options;
  const seed = randomBytes(SEED_BYTES);
  const publicKey = await kemPublicKey(seed);
  const nonce = randomBytes(NONCE_BYTES);
  const wrapped = await aesSeal(await wrappingKey(by, owner, id), nonce, seed, aad(by.kind, owner, id));
  return {
    id,
    kind: by.kind,
    public_key: b64uEncode(publicKey),
    wrapped_seed: b64uEncode(concat(nonce, wrapped)),
    sealed_root: await sealKey(root, purpose, owner, { id, publicKey }),
    ...(salt === undefined ? {} : { salt: b64uEncode(salt) }),
    ...(argon2 === undefined ? {} : { argon2 }),
  };
}

/** Gives the root back. Throws `unlock` for a wrong secret, `sealed` for a swapped root. */
export async function openMethod(value: unknown, by: Unlocker, options: MethodOwner): Promise<Bytes> {
  const method = readMethod(value);
  const { owner, purpose = "person-root" } = options;
  const seed = await unwrap(method, by, owner);
  return openKey(method.sealed_root, seed, { purpose, about: owner, recipient: method.id });
}

/** Seals a new root to a method without its secret. */
export async function resealRoot(
  method: UnlockMethod,
  root: Bytes,
  options: MethodOwner & { readonly generation?: number },
): Promise<UnlockMethod> {
  const { owner, purpose = "person-root", generation = 0 } = options;
  const publicKey = binary({ ...method }, "public_key", PUBLIC_KEY_BYTES);
  return { ...method, sealed_root: await sealKey(root, purpose, owner, { id: method.id, publicKey, generation }) };
}

/** Checks the shape of a method that came from elsewhere. */
export function readMethod(value: unknown): UnlockMethod {
  const source = fields(value);
  const kind = KINDS.find((known) => known === source["kind"]);
  if (kind === undefined) throw new EnvelopeError("malformed", "an unlock method of an unknown kind");
  binary(source, "public_key", PUBLIC_KEY_BYTES);
  if (source["salt"] !== undefined) binary(source, "salt", SALT_BYTES);
  return {
    id: text(source, "id"),
    kind,
    public_key: text(source, "public_key"),
    wrapped_seed: text(source, "wrapped_seed"),
    sealed_root: readSealedKey(source["sealed_root"]),
    ...(source["salt"] === undefined ? {} : { salt: text(source, "salt") }),
    ...(source["argon2"] === undefined ? {} : { argon2: readArgon2(source["argon2"]) }),
  };
}

async function unwrap(method: UnlockMethod, by: Unlocker, owner: string): Promise<Bytes> {
  if (by.kind !== method.kind) throw new EnvelopeError("unlock", "this method is of another kind");
  const wrapped = binary({ ...method }, "wrapped_seed");
  const key = await wrappingKey(by, owner, method.id);
  let seed: Bytes;
  try {
    const [nonce, sealed] = [wrapped.slice(0, NONCE_BYTES), wrapped.slice(NONCE_BYTES)];
    seed = await aesOpen(key, nonce, sealed, aad(method.kind, owner, method.id));
  } catch {
    throw new EnvelopeError("unlock", "this does not unlock the method");
  }
  if (!equalBytes(await kemPublicKey(seed), binary({ ...method }, "public_key"))) {
    throw new EnvelopeError("unlock", "the public key is not the one of its seed");
  }
  return seed;
}

async function wrappingKey(by: Unlocker, owner: string, method: string): Promise<CryptoKey> {
  return importForAes(await hkdf(by.ikm, label(`colloque/v1/unlock/${by.kind}`, owner, method)));
}

function aad(kind: UnlockKind, owner: string, method: string): Bytes {
  return label("colloque/v1/unlock", owner, method, kind);
}

function unlocker(kind: UnlockKind, ikm: Bytes, length: number): Unlocker {
  if (ikm.length !== length) throw new EnvelopeError("malformed", `${kind} gives ${length} bytes`);
  return { kind, ikm };
}
