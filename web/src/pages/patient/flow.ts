/** Asking for a consultation: one question a page, an honest count, back without loss. */

import { announce, arrive, button, confirmInPlace, el, empty, failureOf, fill, need, notice, savedMark, t, whileBusy, whileWaiting } from "../../face";
import type { Keyring } from "../../keys";
import { ApiError } from "../../net";
import { readQuestionnaire, type Questionnaire } from "../../questionnaire";
import { getPractice, getQuestionnaire, listPractices, type Practice, type PracticeLine } from "./api";
import { EMPTY, mayEnter, resumeAt, stepsOf, type Draft, type Known, type StepId } from "./draft";
import { Saver } from "./saver";
import { claim } from "./tabs";
import { motiveStep, placeStep, practiceStep, whoStep } from "./steps/asking";
import { checkStep } from "./steps/check";
import { consentStep } from "./steps/consent";
import { filesStep } from "./steps/files";
import { identityStep } from "./steps/person";
import { questionStep } from "./steps/questions";
import { equipmentStep, sendStep } from "./steps/sending";
import type { Step, StepContext, StepView } from "./steps/step";
import { RequestStore } from "./store";

const STEPS: Readonly<Record<string, Step>> = {
  practice: practiceStep,
  who: whoStep,
  place: placeStep,
  motive: motiveStep,
  files: filesStep,
  identity: identityStep,
  consent: consentStep,
  check: checkStep,
  equipment: equipmentStep,
  send: sendStep,
};

/** Seconds that a step may take; the count of minutes is of what is left. Ours to guess, and on the long side. */
const SECONDS: Readonly<Record<string, number>> = { practice: 15, who: 20, place: 20, motive: 60, files: 40, identity: 45, consent: 30, check: 40, equipment: 45, send: 10 };
const QUESTIONS_SECONDS = 35;
const USUAL_PAGES = 4;

/** What the browser's history keeps of a step that was reached from another. */
interface Entry {
  readonly cameFrom: StepId;
}

export class Flow {
  readonly #place = need("#page");
  readonly #keyring: Keyring;
  readonly #store: RequestStore;
  readonly #mark = savedMark();
  readonly #saver: Saver;
  #draft: Draft = EMPTY;
  #practices: readonly PracticeLine[] = [];
  #practice: Practice | null = null;
  #questionnaire: Questionnaire | null = null;
  #view: StepView | null = null;
  #step: StepId = "who";
  #wasFound = false;
  #cameFromCheck = false;
  #isStill = false;
  /** Said on every step from then on. */
  #notKept: HTMLElement | null = null;

  constructor(keyring: Keyring, appointment: string | null = null) {
    this.#keyring = keyring;
    this.#store = new RequestStore(keyring, appointment);
    this.#saver = new Saver({
      keep: () => this.#store.keepHere(this.#draft),
      send: async () => {
        await this.#store.save(this.#draft);
        return this.#draft.consultation !== null;
      },
      mark: this.#mark,
      isPassing: (error) => !(error instanceof ApiError) || error.isOffline || error.status >= 500 || error.status === 429,
      onRefused: (error) => {
        this.#showTrouble(error);
      },
      onNotKept: (error) => {
        this.#notKept = el("div", null, failureOf(error, t("patient.not-kept")));
        this.#place.querySelector(".trouble")?.before(this.#notKept);
      },
    });
  }

  async start(): Promise<void> {
    try {
      await whileWaiting(this.#place, this.#load());
    } catch (error) {
      fill(
        this.#place,
        el("div", { class: "stack" }, el("h1", null, t("patient.home.new")), failureOf(error, t("patient.stays"), () => void this.start())),
      );
      return;
    }
    if (this.#practices.length === 0) {
      fill(this.#place, el("h1", null, t("patient.home.new")), empty(t("patient.practice.none"), t("patient.practice.none-text")));
      return;
    }
    addEventListener("popstate", () => {
      if (!this.#isStill) this.#show(this.#fromAddress(), false);
    });
    claim(`request/${this.#keyring.person}`, () => {
      this.#standStill();
    });
    this.#show(this.#fromAddress(), false);
    history.replaceState(null, "", `#${this.#step}`);
  }

  /** The request went on in another tab: what is typed here would cover it. */
  #standStill(): void {
    this.#isStill = true;
    this.#saver.stop();
    this.#view?.destroy?.();
    this.#view = null;
    const here = button(t("patient.tabs.here"), () => { location.reload(); });
    fill(this.#place, el("div", { class: "stack" }, el("h1", null, t("patient.tabs.title")), el("p", null, t("patient.tabs.text")), el("div", { class: "actions" }, here)));
    announce(t("patient.tabs.title"), true);
  }

  async #load(): Promise<void> {
    const [practices, { draft, found }] = await Promise.all([listPractices(), this.#store.find()]);
    this.#practices = practices;
    this.#wasFound = found;
    this.#draft = draft;
    const [only] = practices;
    if (practices.length === 1 && only && draft.practice === "") this.#draft = { ...draft, practice: only.id };
    if (this.#draft.practice === "") return;
    await this.#enterPractice();
    this.#draft = await this.#store.open(this.#draft);
    if (this.#draft.consultation !== null) this.#mark.set({ state: "saved", at: new Date() });
  }

  /** What depends on the practice: its people, its questions, and whether it knows me. */
  async #enterPractice(): Promise<void> {
    const { practice } = this.#draft;
    if (this.#practice?.id === practice) return;
    const [details, questions] = await Promise.all([getPractice(practice), getQuestionnaire(practice), this.#store.lookForIdentity(practice)]);
    this.#practice = details;
    this.#questionnaire = readQuestionnaire(questions);
    this.#store.questionnaire = this.#questionnaire;
    this.#store.practiceName = details.name;
  }

  get #known(): Known {
    return { practices: this.#practices.length, questionnaire: this.#questionnaire, hasIdentity: this.#store.identity !== null, isBooked: this.#store.booked !== null };
  }

  /** The step that the address names, if one may stand there; else the first that is not done. */
  #fromAddress(): StepId {
    const named = decodeURIComponent(location.hash.slice(1)) as StepId;
    return named && mayEnter(named, this.#draft, this.#known) ? named : resumeAt(this.#draft, this.#known);
  }

  #show(step: StepId, isMove: boolean): void {
    this.#view?.destroy?.();
    this.#step = step;
    if (step === "check") this.#cameFromCheck = false;
    const make = STEPS[step] ?? questionStep;
    const view = make(this.#context(step));
    this.#view = view;
    fill(this.#place, this.#frame(step, view));
    this.#place.removeAttribute("aria-busy");
    if (isMove) arrive(this.#place);
    document.title = `${this.#place.querySelector("h1")?.textContent ?? ""} – Colloque`;
  }

  #frame(step: StepId, view: StepView): HTMLElement {
    const steps = stepsOf(this.#draft, this.#known);
    const at = steps.indexOf(step);
    const form = el("form", { class: "question stack", novalidate: true, onsubmit: (event) => void this.#submit(event) });
    const next = view.button === "" ? null : el("button", { class: "button", type: "submit" }, view.button ?? t("face.continue"));
    form.append(
      ...[
        at > 0 ? el("button", { type: "button", class: "back", onclick: () => { this.#back(); } }, t("face.back")) : null,
        this.#count(steps, at),
        this.#wasFound ? this.#foundNote() : null,
        this.#notKept,
        el("div", { class: "trouble" }),
        view.element,
        next && el("div", { class: "actions way-on" }, next),
        this.#mark.element,
      ].filter((one) => one !== null),
    );
    this.#wasFound = false;
    return form;
  }

  #count(steps: readonly StepId[], at: number): HTMLElement {
    // Which questions a practice asks is not known before it is chosen.
    const isKnown = this.#questionnaire !== null;
    const asked = steps.slice(at).reduce((sum, step) => sum + (SECONDS[step] ?? QUESTIONS_SECONDS), 0);
    const left = t("patient.step-left", { n: Math.max(1, Math.round((asked + (isKnown ? 0 : USUAL_PAGES * QUESTIONS_SECONDS)) / 60)) });
    const text = `${t(isKnown ? "patient.step" : "patient.step-first", { n: at + 1, of: steps.length })} · ${left}`;
    const of = isKnown ? steps.length : steps.length + USUAL_PAGES;
    return el("div", { class: "progress" }, el("p", { class: "progress-text" }, text), el("progress", { max: of, value: at, "aria-hidden": "true" }));
  }

  #foundNote(): HTMLElement {
    const over = button(
      t("patient.start-over"),
      () => {
        void confirmInPlace(over, { question: t("patient.start-over-ask"), yes: t("patient.start-over-yes") }).then((yes) => {
          if (yes) this.#startOver();
        });
      },
      "quiet",
      "undo-2",
    );
    return notice("action", t("patient.found"), el("div", { class: "actions" }, over));
  }

  #startOver(): void {
    const { practice } = this.#draft;
    this.#draft = { ...EMPTY, practice: this.#practices.length === 1 ? practice : "" };
    this.#mark.set({ state: "empty" });
    // Kept as begun anew, so that the old draft is not found again on this device.
    this.#saver.touch();
    this.#move(resumeAt(this.#draft, this.#known));
  }

  #context(step: StepId): StepContext {
    return {
      step,
      draft: () => this.#draft,
      change: (part) => {
        this.#draft = { ...this.#draft, ...part };
        this.#saver.touch();
      },
      practices: this.#practices,
      practice: this.#practice,
      questionnaire: this.#questionnaire,
      store: this.#store,
      keyring: this.#keyring,
      goTo: (wanted) => {
        this.#cameFromCheck = true;
        this.#move(wanted);
      },
      next: () => void this.#advance(),
    };
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const pressed = this.#place.querySelector<HTMLButtonElement>('button[type="submit"]');
    if (pressed) await whileBusy(pressed, () => this.#advance());
  }

  async #advance(): Promise<void> {
    try {
      if (this.#view?.leave && !(await this.#view.leave())) return;
      if (this.#step === "practice") await this.#enterPractice();
    } catch (error) {
      this.#showTrouble(error);
      return;
    }
    if (!this.#draft.seen.includes(this.#step)) this.#draft = { ...this.#draft, seen: [...this.#draft.seen, this.#step] };
    this.#saver.touch();
    this.#move(this.#after());
  }

  /** The next step; from a correction, straight back to the check if nothing new is to be answered. */
  #after(): StepId {
    if (this.#cameFromCheck) {
      const missing = resumeAt(this.#draft, this.#known);
      const steps = stepsOf(this.#draft, this.#known);
      return steps.indexOf(missing) < steps.indexOf("check") ? missing : "check";
    }
    const steps = stepsOf(this.#draft, this.#known);
    const following = steps[steps.indexOf(this.#step) + 1] ?? "send";
    return mayEnter(following, this.#draft, this.#known) ? following : resumeAt(this.#draft, this.#known);
  }

  /** As the browser's own way back; where the flow was entered in its middle, to the step before. */
  #back(): void {
    const steps = stepsOf(this.#draft, this.#known);
    const before = steps[steps.indexOf(this.#step) - 1];
    if ((history.state as Entry | null)?.cameFrom !== undefined) history.back();
    else if (before) {
      history.replaceState(null, "", `#${before}`);
      this.#show(before, true);
    }
  }

  #move(step: StepId): void {
    history.pushState({ cameFrom: this.#step } satisfies Entry, "", `#${step}`);
    this.#show(step, true);
    const steps = stepsOf(this.#draft, this.#known);
    announce(t("patient.step", { n: steps.indexOf(step) + 1, of: steps.length }));
  }

  #showTrouble(error: unknown, safe = t("patient.stays")): void {
    const place = this.#place.querySelector(".trouble");
    if (!place) return;
    fill(place, failureOf(error, safe));
    place.scrollIntoView({ block: "nearest" });
  }
}
