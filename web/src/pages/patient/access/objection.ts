/** "This is not right": the reason, and a word that only the practice can read. */

import { announce, button, choiceField, el, failureOf, fill, showErrors, t, textArea, whileBusy } from "../../../face";
import { NOTE_CHARACTERS, sealNote } from "../../../crypto";
import { practiceKey } from "../../../directory";
import { api } from "../../../net";
import type { Opening } from "../openings";
import { REASONS, type Objection, type Reason } from "./known";

export interface ObjectionEvents {
  readonly onDone: (objection: Objection) => void;
  readonly onCancel: () => void;
}

export function objectionForm(line: Opening, practice: string, { onDone, onCancel }: ObjectionEvents): HTMLElement {
  const reason = choiceField(t("patient.access.object-ask"), `reason-${line.seq}`, REASONS.map((value) => ({ value, label: t(`patient.access.reason.${value}`) })));
  const note = textArea(t("patient.access.note"), { maxlength: NOTE_CHARACTERS }, { optional: true });
  const readers = el("p", { class: "seal-line" }, t("face.seal.readers", { readers: t("patient.access.note-readers", { practice }) }));
  const trouble = el("div");
  const send = el("button", { class: "button", type: "submit" }, t("patient.access.object-send"));
  const fields = el("div", { class: "stack near" }, reason.element, note.element, readers);
  const form = el("form", { class: "stack near", novalidate: true }, fields, trouble, el("div", { class: "actions" }, send, button(t("patient.access.object-cancel"), onCancel, "second")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [chosen] = reason.values();
    if (!showErrors(fields, [reason], chosen === undefined ? [{ field: reason, text: t("patient.fault.choose") }] : [])) return;
    void whileBusy(send, () => go(chosen as Reason));
  });

  async function go(chosen: Reason): Promise<void> {
    fill(trouble);
    try {
      onDone(await object(line, chosen, note.input.value.trim()));
      announce(t("patient.access.object-done"));
    } catch (error) {
      fill(trouble, failureOf(error));
    }
  }
  return form;
}

/** Sent again after a lost answer, the server returns the first one. */
async function object(line: Opening, reason: Reason, text: string): Promise<Objection> {
  const about = { seq: line.seq, record: line.record, line: line.text, reason };
  if (text === "") return api.post<Objection>("/api/objections", about);
  const { kemKey, generation } = await practiceKey(line.practice);
  const note = await sealNote(text, { id: line.practice, publicKey: kemKey, generation });
  return api.post<Objection>("/api/objections", { ...about, note });
}
