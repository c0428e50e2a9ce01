/**
 * Names of a practice: what its lines of care call a patient, opened one at a time (docs/spec/ledger.md, "Names"). A name is believed to
 * stand for someone only once it has been computed again from what opens it.
 */

import { b64uDecode, hex, label, sha256, type Bytes } from "../crypto/bytes";
import { LedgerError } from "./errors";
import type { Line } from "./line";

/** A line of care whose patient has a name of its practice. */
export const NAMED = 2;
/** Fields that may hold a name; of a grant, the account that it is for has one too. */
const FIELDS = ["subject", "actor", "device", "session", "keyid", "id", "request", "sig"] as const;
const GRANTS: ReadonlySet<string> = new Set(["grant", "grant-cancelled"]);
const SALT_BYTES = 32;

/** What each name stands for, by practice and name. */
export type Names = ReadonlyMap<string, string>;

/** The name of a value: the first 16 bytes of a SHA-256, written as a random UUID. */
export async function pseudonymOf(practice: string, salt: Bytes, value: string): Promise<string> {
  const bytes = (await sha256(label("colloque/v1/pseudonym", practice, salt, value))).slice(0, 16);
  const digits = [...hex(bytes)];
  digits[12] = "4";
  digits[16] = (8 + (parseInt(digits[16] ?? "0", 16) & 3)).toString(16);
  return digits.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Reads names with what opens them; throws `name` for one that does not open to what it is said to stand for. */
export async function readNames(told: unknown): Promise<Names> {
  if (!Array.isArray(told)) throw new LedgerError("name", "names are a list");
  const pairs = await Promise.all(told.map(readName));
  return new Map(pairs);
}

/** The line with those names put back that were opened; its text and its hash are those of the line as it was written. */
export function openLine(line: Line, names: Names): Line {
  const { practice } = line.fields;
  if (line.v !== NAMED || typeof practice !== "string") return line;
  const fields = { ...line.fields };
  for (const field of GRANTS.has(line.kind) ? [...FIELDS, "target"] : FIELDS) {
    const told = fields[field];
    const value = typeof told === "string" ? names.get(keyOf(practice, told)) : undefined;
    if (value !== undefined) fields[field] = value;
  }
  return { ...line, fields };
}

async function readName(told: unknown): Promise<readonly [string, string]> {
  const { practice, pseudonym, salt, value } = (told ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof practice !== "string" || typeof pseudonym !== "string" || typeof value !== "string") throw new LedgerError("name", "a name is made of texts");
  if ((await pseudonymOf(practice, saltOf(salt), value)) !== pseudonym) throw new LedgerError("name", "a name stands for another than is said");
  return [keyOf(practice, pseudonym), value];
}

function saltOf(told: unknown): Bytes {
  try {
    return b64uDecode(told, SALT_BYTES);
  } catch {
    throw new LedgerError("name", `a name's salt has ${SALT_BYTES} bytes`);
  }
}

function keyOf(practice: string, pseudonym: string): string {
  return `${practice}/${pseudonym}`;
}
