/**
 * What two managers sign together. Whatever is shown of it is read from the bytes that are signed, so that nobody signs what a page made
 * up beside them (docs/adr/0014-lifting.md).
 */

import { EnvelopeError, readStatement, type Dsse } from "../../crypto";
import { WINDOWS, type Window, type Windows } from "./standing";

type Fields = Readonly<Record<string, unknown>>;

export const ROLES = ["practitioner", "secretary", "manager", "practice"] as const;
export type Role = (typeof ROLES)[number];
/** Set words: what is written here stands in the vault and in the ledger, readable. */
export const PURPOSES = ["migration", "recall", "review"] as const;

export interface CapacityAgreement {
  readonly kind: "capacity";
  readonly by: string;
  readonly until: string;
  readonly role: Role;
  readonly capacity: Windows;
}

export interface QuotaAgreement {
  readonly kind: "quota";
  readonly by: string;
  readonly until: string;
  readonly member: string;
  readonly purpose: string;
  readonly records: number;
  readonly endsAt: string;
}

export type Agreement = CapacityAgreement | QuotaAgreement;

/** Reads what is to be signed. Throws EnvelopeError for what isn't about this practice, or isn't understood: that gets no signature. */
export function readAgreement(statement: Dsse, practice: string): Agreement {
  const { kind, body } = readStatement(statement);
  if (body["practice"] !== practice) throw new EnvelopeError("malformed", "another practice's");
  const said = { by: textIn(body, "person"), until: textIn(body, "until") };
  if (kind === "capacity") return { kind, ...said, role: roleIn(body), capacity: capacityIn(body) };
  if (kind !== "quota") throw new EnvelopeError("kind", `nobody signs a ${kind} here`);
  return { kind, ...said, member: textIn(body, "member"), purpose: textIn(body, "purpose"), records: numberIn(body, "records"), endsAt: textIn(body, "ends_at") };
}

/** The first window that a shorter one exceeds, or that isn't a whole number from one on; null when all is well. */
export function oddWindow(capacity: Windows): Window | null {
  let before = 1;
  for (const window of WINDOWS) {
    if (!Number.isInteger(capacity[window]) || capacity[window] < before) return window;
    before = capacity[window];
  }
  return null;
}

function textIn(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new EnvelopeError("malformed", name);
  return value;
}

function numberIn(body: Fields, name: string): number {
  const value = body[name];
  if (typeof value !== "number" || !Number.isInteger(value)) throw new EnvelopeError("malformed", name);
  return value;
}

function roleIn(body: Fields): Role {
  const found = ROLES.find((role) => role === body["role"]);
  if (!found) throw new EnvelopeError("malformed", "role");
  return found;
}

function capacityIn(body: Fields): Windows {
  return { minute: numberIn(body, "minute"), hour: numberIn(body, "hour"), day: numberIn(body, "day"), month: numberIn(body, "month") };
}
