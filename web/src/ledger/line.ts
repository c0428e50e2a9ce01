/**
 * Lines: what the ledger wrote down (docs/spec/ledger.md, "Line"). JCS (RFC 8785) restricted to strings and integers, with one
 * such object inside (`detail`). What is hashed is the text as it came; it must be in canonical form.
 */

import { utf8, type Bytes } from "../crypto/bytes";
import { leafHash } from "../crypto/tree";
import { LedgerError } from "./errors";

export type LineValue = string | number;
export type LineFields = Readonly<Record<string, LineValue | Readonly<Record<string, LineValue>>>>;

/** A line as it is known to every room: fields that are absent are undefined. */
export interface Line {
  readonly v: number;
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly fields: LineFields;
  /** As it was written and hashed. */
  readonly text: string;
  readonly leaf: Bytes;
}

/** Parses a line; throws `line` unless the text is exactly what `canonical` writes. */
export function readLine(text: string): Line {
  const fields = parse(text);
  const { v, seq, time, kind } = fields;
  if (canonical(fields) !== text) throw new LedgerError("line", "not in canonical form");
  if ((v !== 1 && v !== 2) || typeof seq !== "number" || typeof time !== "string" || typeof kind !== "string") {
    throw new LedgerError("line", "a line has v, seq, time and kind");
  }
  return { v, seq, time, kind, fields, text, leaf: lineHash(text) };
}

/** RFC 6962 leaf hash of a line's text. */
export function lineHash(text: string): Bytes {
  return leafHash(utf8(text));
}

/** JCS, for the values that a line may hold; throws `line` for any other. */
export function canonical(fields: LineFields): string {
  const parts = Object.keys(fields)
    .sort()
    .map((name) => {
      if (!/^[\x20-\x7e]+$/.test(name)) throw new LedgerError("line", "keys are ASCII");
      return `${JSON.stringify(name)}:${value(fields[name], name)}`;
    });
  return `{${parts.join(",")}}`;
}

function value(found: unknown, name: string): string {
  if (typeof found === "string") return JSON.stringify(found);
  if (typeof found === "number" && Number.isSafeInteger(found)) return String(found);
  if (name === "detail" && typeof found === "object" && found !== null && !Array.isArray(found)) {
    return canonical(found as LineFields);
  }
  throw new LedgerError("line", `${name} is neither text nor a whole number`);
}

function parse(text: string): LineFields {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as LineFields;
  } catch {
    // Reported below, with everything else that is not a line.
  }
  throw new LedgerError("line", "not a JSON object");
}
