/**
 * Passphrases, stretched with Argon2id (docs/spec/envelope.md, "Unlock methods"). The WebAssembly is loaded only here,
 * and so only by pages whose policy allows it.
 */

import { label, utf8, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { hkdf } from "./kdf";
import { fields, number } from "./wire";

/** Memory in KiB, passes, lanes. */
export interface Argon2 {
  readonly m: number;
  readonly t: number;
  readonly p: number;
}

export const ARGON2_FLOOR: Argon2 = { m: 65536, t: 3, p: 1 };
export const SALT_BYTES = 16;

/** `signInSecret` goes to the server; `unlockSecret` never leaves the device. */
export interface StretchedPassphrase {
  readonly signInSecret: Bytes;
  readonly unlockSecret: Bytes;
}

/** Takes about a second. Throws `stretching` before any work when the parameters are outside what is accepted. */
export async function stretch(passphrase: string, salt: Bytes, parameters = ARGON2_FLOOR): Promise<StretchedPassphrase> {
  checkArgon2(parameters);
  if (salt.length !== SALT_BYTES) throw new EnvelopeError("malformed", "the salt has 16 bytes");
  const { argon2id } = await import("./argon2");
  const stretched = new Uint8Array(
    await argon2id({
      password: utf8(passphrase.normalize("NFKC")),
      salt,
      memorySize: parameters.m,
      iterations: parameters.t,
      parallelism: parameters.p,
      hashLength: 32,
      outputType: "binary",
    }),
  );
  return {
    signInSecret: await hkdf(stretched, label("colloque/v1/passphrase/sign-in")),
    unlockSecret: await hkdf(stretched, label("colloque/v1/passphrase/unlock")),
  };
}

/** Refuses what is under the floor, and what only a hostile server would ask for. */
export function checkArgon2({ m, t, p }: Argon2): void {
  const accepted = m >= 65536 && m <= 1048576 && t >= 3 && t <= 16 && p >= 1 && p <= 4;
  if (!accepted) throw new EnvelopeError("stretching", `m=${m} t=${t} p=${p}`);
}

export function readArgon2(value: unknown): Argon2 {
  const source = fields(value);
  return { m: number(source, "m"), t: number(source, "t"), p: number(source, "p") };
}
