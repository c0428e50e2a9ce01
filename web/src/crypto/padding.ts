/**
 * Padded lengths, so that the size of what is sealed says little (docs/spec/envelope.md, "Items").
 * Padmé, Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019.
 */

import { u32, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";

const LEAST_PADDED = 256;
const PREFIX = 4;

/** Rounds a length up so that its low bits are zero; lengths under 2 stay. Exact up to 2^53. */
export function padme(length: number): number {
  if (length < 2) return length;
  const exponent = bitLength(length) - 1;
  const lowBits = exponent - bitLength(exponent);
  if (lowBits <= 0) return length;
  const step = 2 ** lowBits;
  return Math.ceil(length / step) * step;
}

export function pad(data: Bytes): Bytes {
  const padded = new Uint8Array(paddedLength(data.length));
  padded.set(u32(data.length));
  padded.set(data, PREFIX);
  return padded;
}

/** Gives the data back; throws `padding` unless these are exactly the bytes that `pad` makes. */
export function unpad(padded: Bytes): Bytes {
  if (padded.length < LEAST_PADDED) throw new EnvelopeError("padding", "shorter than anything sealed");
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (padded.length !== paddedLength(length)) throw new EnvelopeError("padding", "not the length of its content");
  if (!isZero(padded.subarray(PREFIX + length))) throw new EnvelopeError("padding", "not zeros");
  return padded.slice(PREFIX, PREFIX + length);
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function paddedLength(length: number): number {
  return Math.max(LEAST_PADDED, padme(PREFIX + length));
}

function bitLength(number: number): number {
  return number.toString(2).length;
}
