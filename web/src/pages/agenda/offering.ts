/** The form by which a date is offered to a patient, or another one in place of an appointment. */

import { newId } from "../../crypto";
import { announce, button, el, fill, selectField, setError, textField, toast, whileBusy, failureOf } from "../../face";
import { api } from "../../net";
import type { Practitioner } from "../patient/api";
import { tg } from "../../words/agenda";
import { dayValue, spanOf, timeValue } from "./week";

const LENGTHS = [10, 15, 20, 30, 45, 60] as const;
const USUAL_LENGTH = 20;

export interface Asked {
  readonly practice: string;
  readonly file: string;
  readonly practitioners: readonly Practitioner[];
  /** Chosen at first. */
  readonly practitioner: string;
  /** The appointment that is to be moved, and when it is now. */
  readonly moves?: { readonly id: string; readonly starts_at: string; readonly ends_at: string };
}

export function offerForm(asked: Asked, done: () => void, leave: () => void): HTMLElement {
  const { moves, practitioners } = asked;
  // One offer, however often one presses: a lost answer is asked for again under the same id.
  const offer = newId();
  const begins = moves ? new Date(moves.starts_at) : tomorrowAtNine();
  const lasts = moves ? Math.round((Date.parse(moves.ends_at) - Date.parse(moves.starts_at)) / 60_000) : USUAL_LENGTH;
  const day = textField(tg("day"), { type: "date", value: dayValue(begins), min: dayValue(new Date()), class: "short" });
  const time = textField(tg("time"), { type: "time", value: timeValue(begins), step: 300, class: "short" });
  const lengths = [...new Set([...LENGTHS, lasts])].sort((a, b) => a - b);
  const length = selectField(tg("length"), lengths.map((n) => ({ value: String(n), label: tg("minutes", { n }), checked: n === lasts })), { class: "short" });
  const whom = practitioners.length > 1 && !moves ? selectField(tg("whom"), practitioners.map((one) => ({ value: one.person, label: `${one.given} ${one.family}`, checked: one.person === asked.practitioner }))) : null;
  const trouble = el("div");
  const send = async (): Promise<void> => {
    fill(trouble);
    const span = spanOf(day.input.value, time.input.value, Number(length.input.value));
    const isAhead = span !== null && Date.parse(span.starts_at) > Date.now();
    setError(day, isAhead ? "" : tg("not-ahead"));
    if (!isAhead) {
      day.input.focus();
      return;
    }
    try {
      const practitioner = whom?.input.value ?? asked.practitioner;
      await api.post(`/api/practices/${asked.practice}/offers`, { offer, file: asked.file, practitioner, ...span, ...(moves ? { moves: moves.id } : {}) });
      toast(tg("offered"));
      done();
    } catch (error) {
      fill(trouble, failureOf(error));
    }
  };
  const submit = el("button", { class: "button", type: "submit" }, tg("send"));
  const form = el(
    "form",
    { class: "agenda-form stack near", novalidate: true, onsubmit: (event) => { event.preventDefault(); void whileBusy(submit, send); } },
    el("p", { class: "hint" }, tg(moves ? "move-what" : "offer-what")),
    el("div", { class: "agenda-fields" }, day.element, time.element, length.element, whom?.element),
    trouble,
    el("div", { class: "actions" }, submit, button(tg("leave"), leave, "second")),
  );
  queueMicrotask(() => { day.input.focus(); announce(tg(moves ? "move-what" : "offer-what")); });
  return form;
}

function tomorrowAtNine(): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9);
}
