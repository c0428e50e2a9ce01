/** Reads fields of JSON that came from elsewhere. A missing or odd one throws EnvelopeError `malformed`. */

import { b64uDecode, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";

export const SUITE = "colloque/v1";

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new EnvelopeError("malformed", "an object is expected");
  }
  return value as Fields;
}

export function text(source: Fields, name: string): string {
  const value = source[name];
  if (typeof value !== "string" || value === "") throw new EnvelopeError("malformed", `${name} is not text`);
  return value;
}

export function number(source: Fields, name: string): number {
  const value = source[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new EnvelopeError("malformed", `${name} is not a whole number`);
  }
  return value;
}

export function binary(source: Fields, name: string, length?: number): Bytes {
  return b64uDecode(text(source, name), length);
}

export function checkSuite(source: Fields): void {
  if (source["suite"] !== SUITE) throw new EnvelopeError("suite", "only colloque/v1 is read");
}
