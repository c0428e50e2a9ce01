/** What each practice keeps of me, and how it comes to be erased. */

import { confirmInPlace, button, dayInWords, el, failureOf, fill, toast, whileBusy, type Child } from "../../../face";
import type { Keyring } from "../../../keys";
import { api, ApiError } from "../../../net";
import { askErasure, withdrawErasure, type Erasing } from "../../../records/erasing";
import { erasingWord, type ErasingKey } from "../../../words/erasing";
import type { RecordLine } from "../api";

interface Held {
  readonly practice: string;
  readonly name: string;
  readonly records: readonly RecordLine[];
}

export async function erasingSection(keyring: Keyring, records: readonly RecordLine[], nameOf: (practice: string) => string): Promise<HTMLElement | null> {
  const place = el("ul", { class: "rows" });
  const practices = [...new Set(records.map((one) => one.practice ?? ""))].filter((id) => id !== "");
  if (practices.length === 0) return null;
  const show = async (): Promise<void> => {
    const told = await api.get<readonly Erasing[]>("/api/erasures");
    fill(place, practices.map((id) => row(keyring, { practice: id, name: nameOf(id), records: records.filter((one) => one.practice === id) }, told, show)));
  };
  await show();
  return el("section", { class: "stack near" }, el("h2", null, erasingWord("title")), el("p", { class: "quiet-text" }, erasingWord("what")), place);
}

function row(keyring: Keyring, held: Held, told: readonly Erasing[], reload: () => Promise<void>): HTMLElement {
  const mine = told.filter((one) => held.records.some(({ record }) => record === one.record));
  const waiting = mine.filter((one) => one.outcome === null);
  const trouble = el("div");
  const act = (label: ErasingKey, question: string | null, run: () => Promise<void>): HTMLElement => {
    const pressed = button(erasingWord(label), () => void begin(), "second");
    const begin = async (): Promise<void> => {
      if (question !== null && !(await confirmInPlace(pressed, { question, yes: erasingWord(label) }))) return;
      try {
        await whileBusy(pressed, run);
        await reload();
      } catch (error) {
        fill(trouble, isUnderWay(error) ? el("p", { role: "alert" }, erasingWord("under-way")) : failureOf(error));
      }
    };
    return el("div", { class: "actions" }, pressed);
  };
  const keep = async (): Promise<void> => {
    for (const one of waiting) await withdrawErasure(keyring, one.record);
    toast(erasingWord("withdrawn"));
  };
  const ask = async (): Promise<void> => {
    await askForAll(keyring, held.records);
    toast(erasingWord("asked", { practice: held.name }));
  };
  const left = held.records.some((one) => !one.erased_at);
  const [first] = waiting;
  const action = first ? act(first.not_before === null ? "withdraw" : "keep", null, keep) : left ? act("ask", erasingWord("ask-sure", { practice: held.name }), ask) : null;
  return el("li", { class: "stack near" }, el("strong", null, held.name), state(waiting, mine), action, trouble);
}

/** What is asked for all that is over; a consultation under way, and its file, wait until it is. */
async function askForAll(keyring: Keyring, records: readonly RecordLine[]): Promise<void> {
  let asked = 0;
  let refused: ApiError | null = null;
  for (const { record, erased_at } of records) {
    if (erased_at) continue;
    try {
      await askErasure(keyring, record);
      asked += 1;
    } catch (error) {
      if (!isUnderWay(error)) throw error;
      refused = error;
    }
  }
  if (asked === 0 && refused !== null) throw refused;
}

function isUnderWay(error: unknown): error is ApiError {
  return error instanceof ApiError && error.error === "conflict";
}

function state(waiting: readonly Erasing[], all: readonly Erasing[]): Child {
  const decided = waiting.map((one) => one.not_before).filter((one) => one !== null).sort().at(-1);
  if (decided !== undefined) return el("p", null, erasingWord("decided", { when: dayInWords(decided) }));
  const wished = waiting.find((one) => one.wished_at !== null)?.wished_at;
  if (wished) return el("p", null, erasingWord("wished", { when: dayInWords(wished) }));
  const [last] = all;
  if (!last || last.ended_at === null) return null;
  if (last.outcome === "erased") return el("p", null, erasingWord("erased", { when: dayInWords(last.ended_at) }));
  const kept = { "kept-by-law": "kept.kept-by-law", "care-goes-on": "kept.care-goes-on", "mistake": "kept.mistake" } as const;
  const key = kept[last.outcome as keyof typeof kept] as ErasingKey | undefined;
  return key === undefined ? null : el("p", null, erasingWord(key));
}
