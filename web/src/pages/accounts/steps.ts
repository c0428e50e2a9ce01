/**
 * One question at a time, without leaving the page: each step replaces the one before in `<main>`, takes the focus to its
 * heading, and has its place in the browser's history, so that going back loses nothing.
 */

import { arrive, button, el, fill, t, type Child } from "../../face";

export interface Step {
  /** Names the step in the history; shown again, it replaces itself. */
  readonly name: string;
  readonly title: string;
  /** Where one is; absent where counting would not be true. */
  readonly place?: { readonly at: number; readonly of: number };
  readonly content: () => Child;
  /** What came before is done, and cannot be gone back to. */
  readonly isFinal?: boolean;
}

export class Steps {
  readonly #mount: HTMLElement;
  readonly #shown = new Map<string, Step>();

  constructor(mount: HTMLElement) {
    this.#mount = mount;
    addEventListener("popstate", (event) => {
      const step = this.#shown.get(nameOf(event.state));
      if (step) this.#render(step, true);
      // What was made in memory before a reload is gone: the flow starts again, with what was typed.
      else if (nameOf(event.state) !== "") location.reload();
    });
  }

  show(step: Step): void {
    const isFirst = this.#shown.size === 0;
    if (step.isFinal) this.#shown.clear();
    this.#shown.set(step.name, step);
    const state = { step: step.name };
    if (isFirst || step.isFinal || nameOf(history.state) === step.name) history.replaceState(state, "");
    else history.pushState(state, "");
    this.#render(step, !isFirst);
  }

  #render(step: Step, moves: boolean): void {
    fill(
      this.#mount,
      step.isFinal || !moves ? null : this.#back(),
      step.place ? el("p", { class: "quiet-text" }, t("accounts.step", { at: step.place.at, of: step.place.of })) : null,
      el("h1", { tabindex: "-1" }, step.title),
      step.content(),
    );
    this.#mount.removeAttribute("aria-busy");
    document.title = `${step.title} – Colloque`;
    // The first step comes with the page itself: reading starts at its top.
    if (moves) arrive(this.#mount);
  }

  #back(): Child {
    return this.#shown.size > 1 ? el("div", null, button(t("face.back"), () => { history.back(); }, "quiet", "arrow-left")) : null;
  }
}

function nameOf(state: unknown): string {
  const name = (state as { step?: unknown } | null)?.step;
  return typeof name === "string" ? name : "";
}
