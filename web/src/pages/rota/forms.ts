/** The forms of duty and absence: each entry is one statement, signed here, that the vault and the web follow. */

import { choiceField, dayInWords, el, fill, selectField, setError, textField, toast, whileBusy, failureOf, type Child, type Field } from "../../face";
import type { Keyring } from "../../keys";
import { askOnce } from "../../vault";
import { tr } from "../../words/rota";
import { dayValue, spanOf, type Span } from "../agenda/week";
import type { Practitioner } from "../patient/api";

export interface Place {
  readonly keyring: Keyring;
  readonly practice: string;
  readonly practitioners: readonly Practitioner[];
  readonly reload: () => void;
}

const NOBODY = "";

/** A lost answer is asked for again with the same statement: nobody is put on duty twice. */
export async function sayEntry({ keyring, practice }: Place, kind: "rota" | "absence" | "rota-end", fields: Readonly<Record<string, string>>): Promise<void> {
  const said = { practice, ...fields };
  await askOnce<object>(JSON.stringify([kind, said]), `/api/practices/${practice}/rota`, () => keyring.sign(kind, said), (statement) => ({ statement }));
}

/** The same hours on several days of the week that is shown: one entry for each. */
export function dutyForm(place: Place, days: readonly Date[]): HTMLElement {
  const who = choose(tr("who"), place.practitioners);
  const ahead = days.filter((day) => dayValue(day) >= dayValue(new Date()));
  const on = choiceField(tr("days"), "days", ahead.map((day) => ({ value: dayValue(day), label: dayInWords(day), checked: false })), { many: true });
  const from = textField(tr("from"), { type: "time", value: "08:00", step: 300, class: "short" });
  const to = textField(tr("to"), { type: "time", value: "18:00", step: 300, class: "short" });
  const done = new Set<string>();
  return sending(place, tr("duty-send"), [who.element, on.element, el("div", { class: "agenda-fields" }, from.element, to.element)], async () => {
    const spans = on.values().map((day) => hours(day, from.input.value, to.input.value));
    if (!tell(on, spans.length > 0 ? "" : tr("no-days")) || !tell(to, spans.every(isAhead) ? "" : tr("not-ahead"))) return false;
    // One after the other: where a later one fails, those before stand, and are not said again at the next press.
    for (const span of spans) {
      const entry = { member: who.input.value, ...(span as Span) };
      const key = JSON.stringify(entry);
      if (!done.has(key)) await sayEntry(place, "rota", entry);
      done.add(key);
    }
    return true;
  });
}

export function absenceForm(place: Place, whose: readonly Practitioner[]): HTMLElement {
  const who = choose(tr("who-away"), whose);
  const from = textField(tr("first-day"), { type: "date", value: dayValue(new Date()), min: dayValue(new Date()), class: "short" });
  const to = textField(tr("last-day"), { type: "date", value: dayValue(new Date()), min: dayValue(new Date()), class: "short" });
  const instead = selectField(tr("instead"), [{ value: NOBODY, label: tr("nobody") }, ...others(place)], {}, { hint: tr("instead-hint") });
  return sending(place, tr("absence-send"), [who.element, el("div", { class: "agenda-fields" }, from.element, to.element), instead.element], async () => {
    const span = wholeDays(from.input.value, to.input.value);
    if (!tell(to, isAhead(span) ? "" : tr("not-ahead"))) return false;
    if (!tell(instead, instead.input.value === who.input.value ? tr("self") : "")) return false;
    await sayEntry(place, "absence", { member: who.input.value, ...(span as Span), ...(instead.input.value ? { replacement: instead.input.value } : {}) });
    return true;
  });
}

/** Who signs is never who stands in: the vault would refuse it. */
function others({ practitioners, keyring }: Place): { value: string; label: string }[] {
  return practitioners.filter((one) => one.person !== keyring.person).map(choiceOf);
}

function choose(label: string, people: readonly Practitioner[]): ReturnType<typeof selectField> {
  return selectField(label, people.map(choiceOf));
}

function choiceOf({ person, given, family }: Practitioner): { value: string; label: string } {
  return { value: person, label: `${given} ${family}` };
}

function sending(place: Place, label: string, fields: readonly Child[], send: () => Promise<boolean>): HTMLElement {
  const trouble = el("div");
  const submit = el("button", { class: "button", type: "submit" }, label);
  const press = async (): Promise<void> => {
    fill(trouble);
    try {
      if (!(await send())) return;
      toast(tr("said"));
      place.reload();
    } catch (error) {
      fill(trouble, failureOf(error));
    }
  };
  return el("form", { class: "agenda-form stack near", novalidate: true, onsubmit: (event) => { event.preventDefault(); void whileBusy(submit, press); } }, fields, trouble, el("div", { class: "actions" }, submit));
}

/** From one hour to another; past midnight where the second is not after the first. */
function hours(day: string, from: string, to: string): Span | null {
  const [begins, ends] = [spanOf(day, from, 0), spanOf(day, to, 0)];
  if (!begins || !ends) return null;
  if (ends.starts_at > begins.starts_at) return { starts_at: begins.starts_at, ends_at: ends.starts_at };
  const next = new Date(`${day}T${to}`);
  next.setDate(next.getDate() + 1);
  return { starts_at: begins.starts_at, ends_at: next.toISOString() };
}

/** From the first midnight to the one after the last day. */
function wholeDays(first: string, last: string): Span | null {
  const [begins, ends] = [new Date(`${first}T00:00`), new Date(`${last}T00:00`)];
  if (Number.isNaN(begins.getTime()) || Number.isNaN(ends.getTime())) return null;
  ends.setDate(ends.getDate() + 1);
  return { starts_at: begins.toISOString(), ends_at: ends.toISOString() };
}

function isAhead(span: Span | null): boolean {
  return span !== null && span.starts_at < span.ends_at && Date.parse(span.ends_at) > Date.now();
}

function tell(field: Field, text: string): boolean {
  setError(field, text);
  if (text !== "") field.input.focus();
  return text === "";
}
