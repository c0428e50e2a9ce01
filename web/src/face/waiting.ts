/** Progress that is honest, and skeletons only for what takes long enough to be noticed. */

import { t } from "../words";
import { el, fill } from "./dom";

export interface Progress {
  readonly element: HTMLElement;
  /** `done` and `of` in the same unit; `text` is shown and read. */
  set(done: number, of: number, text?: string): void;
}

export function progress(label: string): Progress {
  const bar = el("progress", { max: 1, value: 0, "aria-label": label });
  const text = el("span", { class: "progress-text" }, label);
  const element = el("div", { class: "progress" }, text, bar);
  return {
    element,
    set(done, of, words) {
      bar.max = Math.max(of, 1);
      bar.value = done;
      text.textContent = words ?? `${label} · ${t("face.percent", { n: Math.floor((100 * done) / Math.max(of, 1)) })}`;
    },
  };
}

const NOTICED_MS = 300;

/**
 * Shows a skeleton in `place` if `work` is not done after 300 ms, and takes it away. Whatever `work` gives or throws
 * passes through; `place` is then empty again.
 */
export async function whileWaiting<T>(place: Element, work: Promise<T>, lines = 4): Promise<T> {
  place.setAttribute("aria-busy", "true");
  const timer = setTimeout(() => {
    fill(place, skeleton(lines));
  }, NOTICED_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    place.removeAttribute("aria-busy");
    place.querySelector(":scope > .skeleton")?.remove();
  }
}

export function skeleton(lines = 4): HTMLElement {
  const bars = Array.from({ length: lines }, () => el("span", { "aria-hidden": "true" }));
  return el("div", { class: "skeleton" }, el("p", { class: "aloud" }, t("face.loading")), bars);
}

/** Runs `work` while the button says that it is busy; a second press does nothing. */
export async function whileBusy<T>(button: HTMLButtonElement, work: () => Promise<T>, words = t("face.working")): Promise<T | undefined> {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  const before = [...button.childNodes];
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  const timer = setTimeout(() => {
    button.replaceChildren(words);
  }, NOTICED_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    button.replaceChildren(...before);
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}
