/** From the ledger's lines about me to openings in plain words. Pure. */

import type { Line } from "../../ledger";

export type Sort = "opened" | "refused" | "served";

export interface Opening {
  readonly seq: number;
  readonly time: string;
  readonly sort: Sort;
  readonly actor: string;
  readonly practice: string;
  readonly record: string;
  readonly part: string;
  readonly relation: string;
  readonly isOwn: boolean;
}

const PARTS: ReadonlySet<string> = new Set(["request", "exchange", "documents", "care", "identity", "background", "nir", "contact"]);
const RELATIONS: ReadonlySet<string> = new Set(["own", "queue", "assigned", "linked", "reception", "break-glass", "service"]);
const SORTS: Readonly<Record<string, Sort>> = { release: "opened", refusal: "refused" };

/**
 * Newest first. A line of sealed bytes that were handed over counts only where nothing was opened by the same person
 * in the same part within the minute before: fetching and opening are one act to a reader.
 */
export function openingsOf(lines: readonly Line[], me: string): readonly Opening[] {
  const all = lines.flatMap((line): Opening[] => {
    const sort = SORTS[line.kind] ?? (line.kind === "item-served" ? "served" : null);
    return sort === null ? [] : [openingOf(line, sort, me)];
  });
  const opened = all.filter((one) => one.sort !== "served");
  const alone = all.filter((one) => one.sort === "served" && !opened.some((other) => isSameAct(one, other)));
  return [...opened, ...alone].sort((a, b) => b.seq - a.seq);
}

const SAME_ACT_MS = 60_000;

function isSameAct(served: Opening, opened: Opening): boolean {
  const near = Math.abs(Date.parse(served.time) - Date.parse(opened.time)) <= SAME_ACT_MS;
  return near && served.actor === opened.actor && served.record === opened.record && served.part === opened.part;
}

function openingOf(line: Line, sort: Sort, me: string): Opening {
  const text = (name: string): string => {
    const value = line.fields[name];
    return typeof value === "string" ? value : "";
  };
  // A service that hands something over acts for someone: `target` names them.
  const actor = sort === "served" && text("target") !== "" ? text("target") : text("actor");
  const part = text("compartment");
  const relation = sort === "served" ? text("purpose") : text("relation");
  return {
    seq: line.seq,
    time: line.time,
    sort,
    actor,
    practice: text("practice"),
    record: text("record"),
    part: PARTS.has(part) ? part : "other",
    relation: RELATIONS.has(relation) ? relation : "none",
    isOwn: actor === me,
  };
}

/** Openings by day, newest day first; `key` names the day of a moment, where the reader is. */
export function byDay(openings: readonly Opening[], key: (time: string) => string): readonly (readonly [string, readonly Opening[]])[] {
  const days = new Map<string, Opening[]>();
  for (const one of openings) {
    const day = key(one.time);
    const known = days.get(day);
    if (known) known.push(one);
    else days.set(day, [one]);
  }
  return [...days];
}
