/** What patients asked to have erased, for the manager to decide; what was decided, for whoever thinks better of it. */

import { button, confirmInPlace, dayInWords, el, failureOf, fill, toast, whileBusy } from "../../face";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { askErasure, withdrawErasure, type Erasing } from "../../records/erasing";
import { erasingWord, type ErasingKey } from "../../words/erasing";

/** Null while there is nothing to decide; of those alone that `wanted` names. */
export async function erasingRows(keyring: Keyring, practice: string, reload: () => void, wanted: (one: Erasing) => boolean = () => true): Promise<HTMLElement | null> {
  const told = (await api.get<readonly Erasing[]>(`/api/practices/${practice}/erasures`)).filter(wanted);
  if (told.length === 0) return null;
  const subjects = [...new Set(told.map((one) => one.subject))];
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, erasingWord("practice.title")),
    el("p", { class: "quiet-text" }, erasingWord("practice.what")),
    el("ul", { class: "rows" }, subjects.map((subject) => row(keyring, told.filter((one) => one.subject === subject), reload))),
  );
}

function row(keyring: Keyring, records: readonly Erasing[], reload: () => void): HTMLElement {
  const [first] = records;
  const undecided = records.filter((one) => one.not_before === null);
  const decided = records.map((one) => one.not_before).filter((one) => one !== null).sort().at(-1);
  const wished = dayInWords(first?.wished_at ?? decided ?? new Date().toISOString());
  const told = decided === undefined || undecided.length > 0
    ? erasingWord("practice.wished", { n: undecided.length, when: wished })
    : erasingWord("practice.decided", { n: records.length, when: dayInWords(decided) });
  const trouble = el("div");
  const act = (label: ErasingKey, kind: "second" | "harm", each: (record: string) => Promise<unknown>, question?: ErasingKey): HTMLElement => {
    const pressed = button(erasingWord(label), () => void begin(), kind);
    const begin = async (): Promise<void> => {
      if (question && !(await confirmInPlace(pressed, { question: erasingWord(question), yes: erasingWord(label) }))) return;
      try {
        await whileBusy(pressed, async () => {
          for (const { record } of undecided.length > 0 ? undecided : records) await each(record);
        });
        toast(erasingWord("practice.done"));
        reload();
      } catch (error) {
        fill(trouble, failureOf(error));
      }
    };
    return pressed;
  };
  const keep = (reason: string) => (record: string): Promise<void> => withdrawErasure(keyring, record, reason);
  const actions = undecided.length > 0
    ? [act("practice.keep-by-law", "second", keep("kept-by-law")), act("practice.keep-care", "second", keep("care-goes-on")), act("practice.erase", "harm", (record) => askErasure(keyring, record, "asked"), "practice.erase-sure")]
    : [act("practice.stop", "second", keep("mistake"))];
  const file = records.find((one) => one.kind === "file");
  return el(
    "li",
    { class: "stack near" },
    el("p", null, told),
    file ? el("p", null, el("a", { href: `/files/${file.record}` }, erasingWord("practice.open"))) : null,
    el("div", { class: "actions" }, actions),
    trouble,
  );
}
