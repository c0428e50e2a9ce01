/**
 * Recovery codes: 128 bits that a person writes down (docs/spec/envelope.md, "Recovery code"). Crockford base32, 26
 * characters and 2 check characters. Reading forgives case, hyphens, blanks and look-alikes.
 */

import { label, randomBytes, sha256, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { hkdf } from "./kdf";

export const CODE_BYTES = 16;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA_CHARACTERS = 26;
const CHECK_CHARACTERS = 2;

export function newRecoveryCode(): Bytes {
  return randomBytes(CODE_BYTES);
}

/** `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX` */
export async function encodeRecoveryCode(code: Bytes): Promise<string> {
  if (code.length !== CODE_BYTES) throw new EnvelopeError("recovery-code", "a recovery code has 16 bytes");
  const written = characters(code, DATA_CHARACTERS) + (await checkCharacters(code));
  return (written.match(/.{4}/g) ?? []).join("-");
}

/** Reads a code as a person types it; throws `recovery-code` when it cannot be one. */
export async function decodeRecoveryCode(typed: string): Promise<Bytes> {
  const written = typed
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(/[IL]/g, "1")
    .replace(/O/g, "0");
  if (!new RegExp(`^[${ALPHABET}]{${DATA_CHARACTERS + CHECK_CHARACTERS}}$`).test(written)) {
    throw new EnvelopeError("recovery-code", "a recovery code has 28 letters and digits");
  }
  const code = bytesOf(written.slice(0, DATA_CHARACTERS));
  // Comparing the whole also refuses stray bits in the 26th character.
  if (characters(code, DATA_CHARACTERS) + (await checkCharacters(code)) !== written) {
    throw new EnvelopeError("recovery-code", "the check characters do not fit");
  }
  return code;
}

/** What a recovery code sends to sign in; it does not open anything. */
export function recoverySignInSecret(code: Bytes): Promise<Bytes> {
  return hkdf(code, label("colloque/v1/recovery/sign-in"));
}

/** The Ed25519 seed that a practice's sheet signs with; its public key is a line of the ledger since the sheet was made. */
export function sheetSeed(code: Bytes): Promise<Bytes> {
  return hkdf(code, label("colloque/v1/practice-sheet/identity"));
}

async function checkCharacters(code: Bytes): Promise<string> {
  return characters(await sha256(code), CHECK_CHARACTERS);
}

/** The first `count` groups of five bits, from the left; bits past the end are zero. */
function characters(bytes: Bytes, count: number): string {
  let written = "";
  for (let at = 0; at < count; at += 1) {
    let group = 0;
    for (let bit = at * 5; bit < at * 5 + 5; bit += 1) {
      group = (group << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    written += ALPHABET.charAt(group);
  }
  return written;
}

function bytesOf(written: string): Bytes {
  const bytes = new Uint8Array(CODE_BYTES);
  [...written].forEach((character, at) => {
    const group = ALPHABET.indexOf(character);
    for (let bit = 0; bit < 5; bit += 1) {
      const position = at * 5 + bit;
      if (position >= CODE_BYTES * 8) return;
      if ((group >> (4 - bit)) & 1) bytes[position >> 3] = (bytes[position >> 3] ?? 0) | (0x80 >> (position & 7));
    }
  });
  return bytes;
}
