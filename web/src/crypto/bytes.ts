/**
 * Labels, lengths, base64 and key ids (docs/spec/envelope.md, "Notation").
 * Decoding throws EnvelopeError `malformed`; it is strict, so that no two texts are the same bytes.
 */

import { sha256 as sha256Here } from "@noble/hashes/sha2.js";

import { EnvelopeError } from "./errors";

/** Bytes that WebCrypto takes: never over a SharedArrayBuffer. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new EnvelopeError("malformed", "not UTF-8");
  }
}

export function jsonOf(bytes: Uint8Array): unknown {
  return parseJson(textOf(bytes));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new EnvelopeError("malformed", "not JSON");
  }
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Two bytes of length, big endian, then the bytes. */
export function lp(part: string | Uint8Array): Bytes {
  const data = typeof part === "string" ? utf8(part) : part;
  if (data.length > 0xffff) throw new EnvelopeError("malformed", "a label part holds at most 65,535 bytes");
  return concat(Uint8Array.of(data.length >> 8, data.length & 0xff), data);
}

/** Length-prefixed parts in a row: no two lists of parts give the same bytes. */
export function label(...parts: readonly (string | Uint8Array)[]): Bytes {
  return concat(...parts.map(lp));
}

export function u32(number: number): Bytes {
  if (!Number.isInteger(number) || number < 0 || number > 0xffffffff) {
    throw new EnvelopeError("malformed", "does not fit four bytes");
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** Base64 with padding, as DSSE envelopes and signed notes have it. */
export function b64Encode(bytes: Uint8Array): string {
  let binary = "";
  // In slices: a spread of a large file would exhaust the stack.
  for (let at = 0; at < bytes.length; at += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  }
  return btoa(binary);
}

export function b64Decode(text: unknown, length?: number): Bytes {
  if (typeof text !== "string" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new EnvelopeError("malformed", "not base64");
  }
  return decode(text, length);
}

/** Base64url without padding. */
export function b64uEncode(bytes: Uint8Array): string {
  return b64Encode(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Which characters may end a text of 4n + 2, and of 4n + 3: those whose bits are all of the last byte. */
const ENDS: readonly string[] = ["", "", "AQgw", "AEIMQUYcgkosw048"];

export function b64uDecode(text: unknown, length?: number): Bytes {
  if (typeof text !== "string" || text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/.test(text)) {
    throw new EnvelopeError("malformed", "not base64url without padding");
  }
  const bytes = decode(text.replaceAll("-", "+").replaceAll("_", "/"), length);
  if (text.length % 4 !== 0 && !ENDS[text.length % 4]?.includes(text.slice(-1))) {
    throw new EnvelopeError("malformed", "stray bits at the end of base64url");
  }
  return bytes;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** 32 random bytes: a person root, a practice seed, a care key. */
export function newSecret(): Bytes {
  return randomBytes(32);
}

export function newId(): string {
  return crypto.randomUUID();
}

/**
 * Short input is hashed here: a trip to WebCrypto's threads costs more than a few blocks, and a thread of 500 messages would make
 * 1,500 of them.
 */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  if (bytes.length <= 4096) return new Uint8Array(sha256Here(bytes));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** First 16 bytes, in hex, of the SHA-256 of a raw public key. */
export async function keyId(publicKey: Bytes): Promise<string> {
  return hex((await sha256(publicKey)).subarray(0, 16));
}

const { fromBase64 = slowly } = Uint8Array as { readonly fromBase64?: (text: string) => Bytes };

function slowly(text: string): Bytes {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function decode(standard: string, length: number | undefined): Bytes {
  let bytes: Bytes;
  try {
    bytes = fromBase64.call(Uint8Array, standard);
  } catch {
    throw new EnvelopeError("malformed", "not base64");
  }
  if (length !== undefined && bytes.length !== length) {
    throw new EnvelopeError("malformed", `${length} bytes expected, ${bytes.length} found`);
  }
  return bytes;
}
