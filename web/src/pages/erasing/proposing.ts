/** A manager proposes: which file, what of it, and why. Signed here; without a second member nothing comes of it. */

import { button, choiceField, dayInWords, el, fill, showErrors, toast, whileBusy, type Child, type Trouble } from "../../face";
import { te } from "../../words/erasing-by-two";
import { FieldError, form } from "../accounts/form";
import { provenFailure } from "../accounts/proof";
import { fromNow, LASTS_HOURS, propose, type Together } from "../accounts/together";
import { REASONS } from "./proposal";

/** The vault's week begins with the second signature, which may take as long as it lasts; and a day. */
const AHEAD_HOURS = LASTS_HOURS + 8 * 24;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

export interface Erasable {
  readonly record: string;
  readonly kind: "file" | "consultation";
  readonly created_at: string;
}

/** The id in an address, or alone. */
export function idIn(typed: string): string | null {
  return ID.exec(typed.toLowerCase())?.[0] ?? null;
}

export function whichForm(onward: (record: string) => void): HTMLElement {
  return form({
    fields: [{ name: "which", label: te("which"), hint: te("which-hint") }],
    submit: te("onward"),
    onSubmit: (values) => {
      const record = idIn(values["which"] ?? "");
      if (record === null) return Promise.reject(new FieldError("which", te("which-odd")));
      onward(record);
      return Promise.resolve();
    },
  });
}

export function proposeForm(records: readonly Erasable[], practice: string, together: Together, done: () => void): Child {
  if (records.length === 0) return el("p", null, te("nothing"));
  const chosen = choiceField(te("records"), "records", records.map((one) => ({ value: one.record, label: one.kind === "file" ? te("file") : te("consultation", { day: dayInWords(one.created_at) }), checked: true })), { many: true });
  const reason = choiceField(te("reason"), "reason", REASONS.map((one) => ({ value: one, label: te(`reason-${one}`) })));
  const trouble = el("div");
  const send = async (): Promise<void> => {
    const [why] = reason.values();
    const not_before = fromNow(AHEAD_HOURS);
    for (const record of chosen.values()) await propose(together, "erase", { practice, record, step: "ask", reason: why, not_before });
    toast(te("sent"));
    done();
  };
  const pressed = button(te("send"), () => {
    fill(trouble);
    const troubles: Trouble[] = [];
    if (chosen.values().length === 0) troubles.push({ field: chosen, text: te("choose-records") });
    if (reason.values().length === 0) troubles.push({ field: reason, text: te("choose-reason") });
    if (!showErrors(box, [chosen, reason], troubles)) return;
    void whileBusy(pressed, send).catch((error: unknown) => { fill(trouble, provenFailure(error)); });
  }, "harm");
  const box = el("div", { class: "stack" }, chosen.element, reason.element, trouble, el("div", { class: "actions" }, pressed));
  return box;
}
