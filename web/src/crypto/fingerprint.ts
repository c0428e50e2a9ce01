/** Fingerprints in words, for people who compare keys aloud (docs/spec/envelope.md, "Fingerprints in words"). */

import { sha256, type Bytes } from "./bytes";

const WORDS = 6;
const BITS = 11;

/** Six words for the first 66 bits of the key's SHA-256. The list (BIP-39 French) is loaded when first asked for. */
export async function fingerprintWords(publicKey: Bytes): Promise<string[]> {
  return digestWords(await sha256(publicKey));
}

/** The same words, of a key whose digest alone is known: an id of a key is its beginning. */
export async function digestWords(digest: Bytes): Promise<string[]> {
  const { wordlist } = await import("@scure/bip39/wordlists/french.js");
  return Array.from({ length: WORDS }, (_, at) => (wordlist[bitsAt(digest, at * BITS)] ?? "").normalize("NFC"));
}

function bitsAt(bytes: Bytes, start: number): number {
  let value = 0;
  for (let bit = start; bit < start + BITS; bit += 1) {
    value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}
