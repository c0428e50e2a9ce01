/** From the ledger's lines about me to what someone did, in plain words. Pure. */

import type { Line } from "../../ledger";

export type Sort = "opened" | "refused" | "served";

/** One line of the ledger that tells of an opening, or of a try. */
export interface Opening {
  readonly seq: number;
  readonly time: string;
  readonly sort: Sort;
  readonly actor: string;
  readonly practice: string;
  readonly record: string;
  readonly part: Part;
  readonly relation: Relation;
  /** The line's own text, for who must prove it. */
  readonly text: string;
}

interface Timed {
  readonly time: string;
}

/** What one person did in one go: the lines of it, first to last. */
export interface Act {
  readonly first: Opening;
  readonly lines: readonly Opening[];
  /** As the one who opened wrote it, where nothing but a reason allowed it. */
  readonly reason: string | null;
  readonly isOwn: boolean;
}

const PARTS = ["request", "exchange", "documents", "care", "identity", "background", "nir", "contact", "other"] as const;
export type Part = (typeof PARTS)[number];
const RELATIONS = ["own", "queue", "assigned", "appointment", "message", "replacement", "linked", "reception", "break-glass", "service", "none"] as const;
export type Relation = (typeof RELATIONS)[number];
const SORTS: Readonly<Record<string, Sort>> = { release: "opened", refusal: "refused", "item-served": "served" };

/** One page of a practitioner opens several parts within seconds: to a reader that is one act. */
const ONE_GO_MS = 2 * 60_000;
/** The line of what was handed over, sealed, is written by a worker, at times well after the opening that it belongs to. */
const HANDED_OVER_MS = 3_600_000;

/** Newest first. */
export function actsOf(lines: readonly Line[], reasons: ReadonlyMap<number, string>, me: string): readonly Act[] {
  const acts: Opening[][] = [];
  for (const one of openingsOf(lines)) {
    const same = [...acts].reverse().find((act) => act[0] !== undefined && isSame(act[0], one));
    if (same) same.push(one);
    else acts.push([one]);
  }
  return acts
    .flatMap((some): Act[] => {
      const [first] = some;
      const reason = some.map((one) => reasons.get(one.seq)).find((one) => one !== undefined) ?? null;
      return first ? [{ first, lines: some, reason, isOwn: first.actor === me }] : [];
    })
    .sort((a, b) => b.first.seq - a.first.seq);
}

/** Oldest first. A line of sealed bytes that were handed over counts only where the same person opened nothing there at that time. */
export function openingsOf(lines: readonly Line[]): readonly Opening[] {
  const all = lines.flatMap((line): Opening[] => {
    const opening = openingOf(line);
    return opening ? [opening] : [];
  });
  const opened = all.filter((one) => one.sort === "opened");
  return all.filter((one) => one.sort !== "served" || !opened.some((other) => isHandedOverFor(one, other))).sort((a, b) => a.seq - b.seq);
}

export function partsOf(act: Act): readonly Part[] {
  return PARTS.filter((part) => act.lines.some((line) => line.part === part));
}

function isSame(a: Opening, b: Opening): boolean {
  return a.actor === b.actor && a.relation === b.relation && a.sort === b.sort && a.practice === b.practice && isOneGo(a, b);
}

/** Near enough in time to be told as one. */
export function isOneGo(a: Timed, b: Timed): boolean {
  return apart(a, b) <= ONE_GO_MS;
}

function isHandedOverFor(served: Opening, opened: Opening): boolean {
  return served.actor === opened.actor && served.record === opened.record && served.part === opened.part && apart(served, opened) <= HANDED_OVER_MS;
}

function apart(a: Timed, b: Timed): number {
  return Math.abs(Date.parse(a.time) - Date.parse(b.time));
}

/** What one line tells of an opening. */
export function openingOf(line: Line): Opening | null {
  const sort = SORTS[line.kind];
  if (sort === undefined) return null;
  const text = (name: string): string => {
    const value = line.fields[name];
    return typeof value === "string" ? value : "";
  };
  const relation = sort === "served" ? text("purpose") : text("relation");
  return {
    seq: line.seq,
    time: line.time,
    sort,
    actor: text("actor"),
    practice: text("practice"),
    record: text("record"),
    part: PARTS.find((one) => one === text("compartment")) ?? "other",
    relation: RELATIONS.find((one) => one === relation) ?? "none",
    text: line.text,
  };
}

/** By day, newest day first; `key` names the day of a moment, where the reader is. */
export function byDay<T extends { readonly first: Timed }>(all: readonly T[], key: (time: string) => string): readonly (readonly [string, readonly T[]])[] {
  const days = new Map<string, T[]>();
  for (const one of all) {
    const day = key(one.first.time);
    const known = days.get(day);
    if (known) known.push(one);
    else days.set(day, [one]);
  }
  return [...days];
}
