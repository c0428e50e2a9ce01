/** The waiting room: my place, how long, who is there, what happens next; every change is told. */

import { announce, button, confirmInPlace, dayAndTime, el, failureOf, fill, notice, t, whileBusy, type Child } from "../../face";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { nameOf, type Consultation } from "./api";
import { mountEquipment, type Equipment } from "./equipment";
import { expectedBy, isLate } from "./lateness";

export interface Side {
  readonly element: HTMLElement;
  update(consultation: Consultation): void;
  destroy(): void;
}

const LOOK_AT_CLOCK_MS = 30_000;

export class WaitingRoom implements Side {
  readonly element = el("div", { class: "stack waiting-room" });
  readonly #keyring: Keyring;
  readonly #onChanged: (consultation: Consultation) => void;
  readonly #status = el("div", { class: "stack near" });
  readonly #late = el("div", { role: "status" });
  readonly #trouble = el("div");
  readonly #check = el("div");
  #equipment: Equipment | null = null;
  #now: Consultation;
  #told = "";
  #cancelling: object | null = null;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(consultation: Consultation, keyring: Keyring, options: { readonly transferred: Child; readonly onChanged: (consultation: Consultation) => void }) {
    this.#now = consultation;
    this.#keyring = keyring;
    this.#onChanged = options.onChanged;
    this.element.append(
      el("h1", null, t("patient.wait.title")),
      ...(options.transferred ? [options.transferred as HTMLElement] : []),
      this.#status,
      this.#late,
      this.#next(),
      this.#trouble,
      this.#check,
      this.#actions(),
    );
    this.#timer = setInterval(() => {
      this.#showLate();
    }, LOOK_AT_CLOCK_MS);
    this.update(consultation);
  }

  update(consultation: Consultation): void {
    this.#now = consultation;
    const { ahead, estimate_minutes, wished, on_duty, requested_at } = consultation;
    const place = ahead === null ? "" : ahead === 0 ? t("patient.wait.first") : t("patient.wait.ahead", { n: ahead });
    const estimate = sayEstimate(estimate_minutes);
    fill(
      this.#status,
      el("p", { class: "place-number" }, place),
      on_duty > 0 ? el("p", { class: "lead" }, estimate) : notice("caution", t("patient.wait.duty-none")),
      wished ? el("p", null, t("patient.wait.for", { who: nameOf(wished) })) : null,
      el("p", { class: "quiet-text" }, [on_duty > 0 ? t("patient.wait.duty", { n: on_duty }) : "", requested_at ? t("patient.wait.since", { when: dayAndTime(requested_at) }) : ""].filter(Boolean).join(" · ")),
    );
    const told = on_duty > 0 ? `${place}. ${estimate}.` : place;
    if (this.#told !== "" && told !== this.#told) announce(t("patient.wait.moved", { text: told }));
    this.#told = told;
    this.#showLate();
  }

  destroy(): void {
    clearInterval(this.#timer);
    this.#equipment?.destroy();
  }

  #showLate(): void {
    const late = isLate(expectedBy(this.#now, Date.now()), Date.now());
    if (late === (this.#late.childElementCount > 0)) return;
    fill(this.#late, late && notice("caution", el("strong", null, t("patient.wait.late")), t("patient.wait.late-text")));
  }

  #next(): HTMLElement {
    const steps = (["patient.wait.next-1", "patient.wait.next-2", "patient.wait.next-3"] as const).map((key) => el("li", null, t(key)));
    return el("section", { class: "stack near" }, el("h2", null, t("patient.wait.next")), el("ol", { class: "steps" }, steps));
  }

  #actions(): HTMLElement {
    const cancel = button(
      t("patient.wait.cancel"),
      () => {
        void confirmInPlace(cancel, { question: t("patient.wait.cancel-ask"), yes: t("patient.wait.cancel-yes") }).then((yes) => {
          if (yes) void whileBusy(cancel, () => this.#cancel());
        });
      },
      "harm",
    );
    const test = button(
      t("patient.wait.test"),
      () => {
        this.#toggleCheck(test);
      },
      "second",
      "video",
    );
    test.setAttribute("aria-expanded", "false");
    return el("div", { class: "actions" }, test, cancel);
  }

  #toggleCheck(test: HTMLButtonElement): void {
    const isOpen = this.#equipment !== null;
    this.#equipment?.destroy();
    this.#equipment = isOpen
      ? null
      : mountEquipment(this.#check, this.#now.id, () => {
          this.#toggleCheck(test);
          test.focus();
        });
    test.setAttribute("aria-expanded", String(!isOpen));
    test.replaceChildren(t(isOpen ? "patient.wait.test" : "patient.wait.test-done"));
  }

  /** The same statement again after a lost answer: it is cancelled once. */
  async #cancel(): Promise<void> {
    try {
      this.#cancelling ??= await this.#keyring.sign("cancel", { record: this.#now.id });
      this.#onChanged(await api.post<Consultation>(`/api/consultations/${this.#now.id}/cancel`, { statement: this.#cancelling }));
    } catch (error) {
      fill(this.#trouble, failureOf(error, ""));
    }
  }
}

function sayEstimate(minutes: number | null): string {
  if (minutes === null) return t("patient.wait.estimate-none");
  return minutes < 5 ? t("patient.wait.estimate-now") : t("patient.wait.estimate", { n: minutes });
}

