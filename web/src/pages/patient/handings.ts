/** From the ledger's lines about me to what became of whose my records are: handed to another practice, or kept out of it. Pure. */

import type { Line } from "../../ledger";
import { isOneGo } from "./openings";

export interface HandingLine {
  readonly seq: number;
  readonly time: string;
  readonly kind: "file" | "consultation";
}

export interface Handing {
  readonly first: HandingLine;
  readonly lines: readonly HandingLine[];
  /** Whose it was; and whose it is since, or null where she kept it out. */
  readonly from: string;
  readonly to: string | null;
}

/** Newest first. A file and its consultations go line by line, within one answer of the vault: to a reader that is once. */
export function handingsOf(lines: readonly Line[]): readonly Handing[] {
  const found: (Handing & { readonly lines: HandingLine[] })[] = [];
  for (const line of lines) {
    const one = handingOf(line);
    if (!one) continue;
    const same = found.find((other) => other.from === one.from && other.to === one.to && isOneGo(other.first, one.first));
    if (same) same.lines.push(one.first);
    else found.push({ ...one, lines: [one.first] });
  }
  return found.sort((a, b) => b.first.seq - a.first.seq);
}

function handingOf({ seq, time, kind, fields }: Line): Omit<Handing, "lines"> | null {
  const practice = textOf(fields["practice"]);
  if (kind === "custody-refused") return { first: { seq, time, kind: "file" }, from: practice, to: null };
  if (kind !== "custody-moved") return null;
  const detail = (fields["detail"] ?? {}) as Readonly<Record<string, unknown>>;
  return { first: { seq, time, kind: detail["kind"] === "consultation" ? "consultation" : "file" }, from: textOf(detail["from"]), to: practice };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
