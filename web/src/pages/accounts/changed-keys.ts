/** Keys that changed since this browser saw them: what is blocked, the words to compare by telephone, and the step that accepts them. */

import { digestWords, fingerprintWords, utf8, type Bytes } from "../../crypto";
import { acceptChanged, listChanged, type Changed } from "../../directory";
import { button, confirmInPlace, dayAndTime, el, fill, notice, t, toast, type Child } from "../../face";
import { changedWord } from "../../words/changed-keys";

/** Empty while nothing has changed. */
export function changedKeys(): HTMLElement {
  const place = el("div", { class: "stack near" });
  void show(place);
  return place;
}

async function show(place: HTMLElement): Promise<void> {
  const changes = await listChanged().catch(() => []);
  const rows = await Promise.all(changes.map((one) => row(one, () => void show(place))));
  fill(place, ...(rows.length === 0 ? [] : [el("h3", null, changedWord("title")), ...rows]));
}

async function row(change: Changed, done: () => void): Promise<HTMLElement> {
  const accept = button(t("accounts.verified.accept"), () => void ask(), "second");
  const ask = async (): Promise<void> => {
    if (!(await confirmInPlace(accept, { question: changedWord(`ask.${change.kind}`), yes: t("accounts.verified.accept") }))) return;
    await acceptChanged(change);
    toast(changedWord("accepted"));
    done();
  };
  return el(
    "div",
    { class: "stack near" },
    notice("harm", changedWord(change.kind, { when: dayAndTime(change.at) })),
    ...(change.accepted === null
      ? [el("p", null, changedWord("unexplained"))]
      : [el("p", null, changedWord("before")), await words(change, change.known), el("p", null, changedWord("now")), await words(change, change.found), accept]),
  );
}

/** The words that the other side reads: of a key by its id, which its digest begins with; of the ledger's as its operator prints it. */
async function words(change: Changed, of: string): Promise<Child> {
  const found = change.kind === "ledger" ? await fingerprintWords(utf8(of)) : await digestWords(unhex(of));
  return el("p", { class: "words", lang: "fr" }, found.join(" · "));
}

function unhex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
