/** How a consultation leaves the practitioner: closed with a summary, or passed on with a word. */

import { announce, button, el, fill, selectField, t, textArea, whileBusy } from "../../face";
import type { Keyring } from "../../keys";
import { getPractice, nameOf, type Consultation } from "../patient/api";
import { act, Word } from "./acts";
import { writing, type Writing } from "./note";
import { refusal } from "./refusals";
import type { Compartment } from "../../records";

export interface EndingOptions {
  readonly keyring: Keyring;
  readonly consultation: Consultation;
  readonly openCare: () => Promise<Compartment>;
  /** What else must be on the server first. */
  readonly before: () => Promise<void>;
  readonly onEnded: (consultation: Consultation) => void;
}

export class Ending {
  readonly element = el("section", { class: "stack near", "aria-labelledby": "ending-title" });
  readonly #options: EndingOptions;
  readonly #actions: HTMLElement;
  readonly #place = el("div");
  #summary: Writing | null = null;

  constructor(options: EndingOptions) {
    this.#options = options;
    this.#actions = el("div", { class: "actions" }, button(t("desk.close"), () => { this.#askClose(); }, "", "check"), button(t("desk.transfer"), () => void this.#askTransfer(), "second", "users"));
    this.element.append(el("h2", { id: "ending-title" }, t("desk.end")), this.#actions, this.#place);
  }

  destroy(): void {
    this.#summary?.destroy();
  }

  #askClose(): void {
    const { keyring, consultation, openCare } = this.#options;
    this.#summary ??= writing(keyring, consultation.id, "summary", openCare);
    const summary = this.#summary;
    const trouble = el("div");
    const close = button(t("desk.close-send"), () => void whileBusy(close, async () => {
      try {
        await this.#options.before();
        await summary.flush();
        const closed = await act(keyring, "close", consultation.id);
        announce(t("desk.closed"), true);
        this.#options.onEnded(closed);
      } catch (error) {
        fill(trouble, refusal(error));
      }
    }));
    this.#ask(el("p", null, t("desk.close-what")), summary.element, trouble, close);
  }

  async #askTransfer(): Promise<void> {
    const { keyring, consultation } = this.#options;
    const practice = await getPractice(consultation.practice.id).catch(() => null);
    const colleagues = (practice?.practitioners ?? []).filter((one) => one.person !== keyring.person);
    const to = selectField(t("desk.transfer-to"), [{ value: "", label: t("desk.transfer-queue") }, ...colleagues.map((one) => ({ value: one.person, label: one.on_duty ? nameOf(one) : t("desk.off-duty", { who: nameOf(one) }) }))]);
    const word = textArea(t("desk.transfer-why"), { rows: 3, maxlength: 1000 }, { hint: t("desk.transfer-hint") });
    const trouble = el("div");
    const said = new Word();
    const send = button(t("desk.transfer-send"), () => void whileBusy(send, async () => {
      try {
        await this.#options.before();
        await said.leave(keyring, consultation.id, "transfer", word.input.value, "care");
        const passed = await act(keyring, "transfer", consultation.id, to.input.value === "" ? {} : { to: to.input.value });
        announce(t("desk.transferred"), true);
        this.#options.onEnded(passed);
      } catch (error) {
        fill(trouble, refusal(error));
      }
    }));
    this.#ask(to.element, word.element, trouble, send);
  }

  #ask(...parts: readonly HTMLElement[]): void {
    const submit = parts.at(-1);
    const back = button(t("face.back"), () => { fill(this.#place); this.#actions.hidden = false; }, "second");
    this.#actions.hidden = true;
    fill(this.#place, el("div", { class: "confirm stack near" }, ...parts.slice(0, -1), el("div", { class: "actions" }, submit, back)));
    this.#place.querySelector<HTMLElement>("textarea, select")?.focus();
  }
}
