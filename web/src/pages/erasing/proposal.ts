/** What two members sign to erase. Whatever is shown of it is read from the bytes that are signed. */

import { EnvelopeError, readStatement } from "../../crypto";
import type { Waiting } from "../accounts/together";

/** Why a practice erases what nobody asked it to: the vault wants two members for these. */
export const REASONS = ["mistake", "court"] as const;
export type Reason = (typeof REASONS)[number];

/** As the server lists it: what it is and which file it belongs to are the server's words. */
export interface Listed extends Waiting {
  readonly record: string;
  readonly kind: "file" | "consultation";
  readonly file: string;
}

export interface Proposal {
  readonly by: string;
  readonly reason: Reason;
  readonly file: string;
  readonly until: string;
  readonly notBefore: string;
  /** Each a statement of its own. */
  readonly all: readonly Listed[];
}

/** One decision to its readers: what one member signed, for one reason, of one file. What does not say what it should stands apart. */
export function readProposals(listed: readonly Listed[], practice: string): { readonly proposals: readonly Proposal[]; readonly odd: readonly Listed[] } {
  const found = new Map<string, Proposal>();
  const odd: Listed[] = [];
  for (const one of listed) {
    try {
      const said = readErasure(one, practice);
      const key = `${said.by} ${said.reason} ${said.file}`;
      const known = found.get(key);
      found.set(key, known ? { ...said, until: earlier(known.until, said.until), notBefore: later(known.notBefore, said.notBefore), all: [...known.all, one] } : said);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      odd.push(one);
    }
  }
  return { proposals: [...found.values()], odd };
}

/** Throws EnvelopeError for what isn't about this practice and this record, or isn't understood: that gets no signature. */
function readErasure(listed: Listed, practice: string): Proposal {
  const { body } = readStatement(listed.statement, "erase");
  const reason = REASONS.find((one) => one === body["reason"]);
  const isMeant = body["practice"] === practice && body["record"] === listed.record && body["step"] === "ask";
  if (!isMeant || !reason) throw new EnvelopeError("malformed", "another erasure");
  return { by: textIn(body, "person"), reason, file: listed.file, until: textIn(body, "until"), notBefore: textIn(body, "not_before"), all: [listed] };
}

function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new EnvelopeError("malformed", name);
  return value;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
