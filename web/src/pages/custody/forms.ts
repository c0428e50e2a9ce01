/** The forms of handing on: to propose, to agree, to seal anew. Each compares the other practice's six words first. */

import { el, fill, selectField, setError, textField, toast, type Child } from "../../face";
import type { PracticeKey } from "../../directory";
import type { Keyring } from "../../keys";
import { handedOnBy, sealAnew, type HandedOn } from "../../records/handed-on";
import { tc } from "../../words/custody";
import { form } from "../accounts/form";
import { NotProven, provenFailure } from "../accounts/proof";
import { dayValue } from "../agenda/week";
import { agree, comparedKey, HOUR_MS, LEAST_HOURS, propose, type Custody, type Named } from "./said";

export interface Place {
  readonly keyring: Keyring;
  readonly practice: string;
  readonly reload: () => void;
}

export function proposal(place: Place, files: number, others: readonly Named[]): Child {
  if (files === 0) return el("p", null, tc("give-nothing"));
  if (others.length === 0) return el("p", null, tc("give-nobody"));
  const to = selectField(tc("to"), others.map((one) => ({ value: one.id, label: `${one.name} (${one.city})` })));
  // A day more than the vault wants: what is signed late in the evening still counts from a midnight.
  const earliest = dayValue(new Date(Date.now() + (LEAST_HOURS + 24) * HOUR_MS));
  const date = textField(tc("date"), { type: "date", value: earliest, min: earliest, class: "short" }, { hint: tc("date-hint") });
  const asking = compared(tc("words"), tc("propose"), async (words) => {
    const isEarly = !(date.input.value >= earliest);
    setError(date, isEarly ? tc("date-early") : "");
    if (isEarly) {
      date.input.focus();
      return;
    }
    await comparedKey(to.input.value, words);
    await propose(place.keyring, place.practice, to.input.value, new Date(`${date.input.value}T00:00`).toISOString());
    toast(tc("proposed"));
    place.reload();
  });
  return [el("p", null, tc("give-count", { n: files })), el("div", { class: "stack question" }, to.element, date.element), asking];
}

export function agreement(place: Place, one: Custody): HTMLElement {
  return compared(tc("words-of", { practice: one.practice.name }), tc("agree"), async (words) => {
    await comparedKey(one.practice.id, words);
    await agree(place.keyring, one);
    toast(tc("signed"));
    place.reload();
  });
}

/** The words are compared once more: the key alone decides who can open what was handed on, and the server must not choose it. */
export function sealing(place: Place, all: readonly HandedOn[], to: string, name: string): Child {
  const send = async (words: string): Promise<void> => {
    const done = await sealAll(place, await comparedKey(to, words));
    toast(done > 0 ? tc("sealed", { n: done }) : tc("seal-other"));
    place.reload();
  };
  return [el("p", null, tc("seal-what", { n: all.length, practice: name })), compared(tc("words-of", { practice: name }), tc("seal-do"), send)];
}

/** A hundred at a time, until none is left that this browser opens. */
async function sealAll({ keyring, practice }: Place, key: PracticeKey): Promise<number> {
  let [done, before] = [0, -1];
  while (done > before) {
    before = done;
    const left = (await handedOnBy(practice)).filter((one) => one.practice === key.practice);
    for (const one of left) if (await sealAnew(keyring, one, key)) done += 1;
  }
  return done;
}

function compared(label: string, submit: string, send: (words: string) => Promise<void>): HTMLElement {
  const said = el("div");
  const onSubmit = async ({ words = "" }: Readonly<Record<string, string>>): Promise<void> => {
    fill(said);
    try {
      await send(words);
    } catch (error) {
      if (!(error instanceof NotProven)) throw error;
      fill(said, provenFailure(error));
    }
  };
  return form({ fields: [{ name: "words", label, hint: tc("words-hint"), maxlength: 120 }], before: [said], submit, onSubmit });
}
