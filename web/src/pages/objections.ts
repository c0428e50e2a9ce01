/** /objections: what patients said was not normal, for the practice's managers. */

import { announce, button, dayAndTime, el, empty, failureOf, fill, need, seal, sentenceOf, startShell, t, tag, whileBusy, whileWaiting } from "../face";
import { openNote, practiceKemSeed, readSealedKey } from "../crypto";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { membershipsAs } from "./desk/membership";
import { objectedAct } from "./desk/objected";

interface Objection {
  readonly id: string;
  readonly seq: number;
  /** The line that is objected to, as the patient's browser read it. */
  readonly line: string | null;
  readonly record: string;
  readonly practice: string;
  readonly reason: "unknown-person" | "no-appointment" | "not-needed" | "other";
  readonly note: unknown;
  readonly at: string;
  readonly answer: "explained" | "corrected" | "incident" | null;
  readonly answered_at: string | null;
}

const ANSWERS = ["explained", "corrected", "incident"] as const;
const place = need("#page");

startShell();
place.classList.add("stack");
const keyring = await requireKeyring();
await show();

async function show(): Promise<void> {
  const title = el("h1", null, t("desk.objections"));
  try {
    const listed = await whileWaiting(place, objections());
    fill(place, title, el("p", { class: "lead" }, t("desk.objections-what")), listed.length === 0 ? empty(t("desk.objections-none"), t("desk.objections-none-text")) : el("ul", { class: "rows" }, listed.map(row)));
  } catch (error) {
    fill(place, title, failureOf(error, "", () => void show()));
  }
}

/** Of each practice that the reader manages: those that wait for an answer first, then the newest. */
async function objections(): Promise<readonly Objection[]> {
  const { confirmed } = await membershipsAs("manager");
  const all = await Promise.all(confirmed.map((one) => api.get<readonly Objection[] | { objections: readonly Objection[] }>(`/api/practices/${one.practice}/objections`)));
  return all.flatMap((one) => ("objections" in one ? one.objections : one)).sort((a, b) => Number(a.answer !== null) - Number(b.answer !== null) || b.at.localeCompare(a.at));
}

function row(one: Objection): HTMLLIElement {
  const note = el("div");
  const answer = el("div", { class: "stack near" });
  const element = el(
    "li",
    { class: "stack near" },
    el("div", { class: "row" }, el("div", { class: "row-text" }, el("strong", null, t(`desk.objection.${one.reason}`)), el("small", null, t("desk.objection-at", { when: dayAndTime(one.at), n: String(one.seq) }))), tag(t(one.answer === null ? "desk.objection-open" : "desk.objection-answered"), one.answer === null ? "caution" : undefined)),
    objectedAct(one),
    note,
    answer,
  );
  if (one.note) void showNote(note, one);
  showAnswer(answer, one);
  return element;
}

async function showNote(place: HTMLElement, one: Objection): Promise<void> {
  const shut = seal("opening", { readers: t("desk.objection-readers") });
  fill(place, shut.element);
  try {
    const sealed = readSealedKey(one.note);
    const seed = await keyring.practiceSeed(one.practice, sealed.generation);
    shut.set("open", el("p", { class: "written" }, await openNote(sealed, await practiceKemSeed(seed), one.practice)));
  } catch (error) {
    shut.set("broken", el("p", null, sentenceOf(error)));
  }
}

function showAnswer(place: HTMLElement, one: Objection): void {
  if (one.answer !== null) {
    fill(place, el("p", null, t("desk.objection-answer", { when: one.answered_at ? dayAndTime(one.answered_at) : "" }), " ", el("strong", null, t(`desk.answer.${one.answer}`))));
    return;
  }
  const trouble = el("div");
  const buttons = ANSWERS.map((answer) => {
    const press = button(t(`desk.answer.${answer}`), () => void whileBusy(press, async () => {
      try {
        await api.post(`/api/objections/${one.id}/answer`, { answer });
        announce(t("desk.objection-sent"));
        await show();
      } catch (error) {
        fill(trouble, failureOf(error));
      }
    }), "second");
    return press;
  });
  fill(place, el("p", { class: "quiet-text" }, t("desk.objection-ask")), el("div", { class: "actions" }, buttons), trouble);
}
