/** Records that went to another practice, or that she kept out of it: what the ledger's lines say, among the openings. */

import { capital, clockTime, el } from "../../../face";
import { tc } from "../../../words/custody";
import { getPractice } from "../api";
import type { Handing, HandingLine } from "../handings";
import { proof } from "./act";
import type { Known } from "./known";

/** With the names of both practices: one that has ended is in no list any more. */
export async function handedOnRows(handings: readonly Handing[], known: Known): Promise<(one: Handing) => HTMLLIElement> {
  const ids = new Set(handings.flatMap(({ from, to }) => (to === null ? [from] : [from, to])));
  const names = new Map<string, string>();
  await Promise.all([...ids].map(async (id) => names.set(id, known.practice(id) ?? (await nameOf(id)))));
  return (one) => row(one, (id) => names.get(id) ?? tc("mine.a-practice"));
}

async function nameOf(practice: string): Promise<string> {
  return getPractice(practice).then(({ name }) => name, () => tc("mine.a-practice"));
}

function row({ first, lines, from, to }: Handing, nameOf: (practice: string) => string): HTMLLIElement {
  const said = { from: nameOf(from), to: to === null ? "" : nameOf(to), what: what(lines) };
  return el(
    "li",
    { class: "act stack tight", id: `line-${first.seq}` },
    el("h3", null, capital(tc(to === null ? "mine.line-kept" : "mine.line-moved", said))),
    el("p", { class: "quiet-text" }, clockTime(first.time)),
    el("p", null, tc(to === null ? "mine.why-kept" : "mine.why-moved", said)),
    proof(lines, (line) => what([line])),
  );
}

function what(lines: readonly HandingLine[]): string {
  const n = lines.filter((one) => one.kind === "consultation").length;
  if (n === lines.length) return tc("mine.consultations", { n });
  return n === 0 ? tc("mine.file") : tc("mine.file-and", { n });
}
