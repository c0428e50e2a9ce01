/** What the page tells: notices, toasts with undo, failures, an empty place, a question asked in place. */

import { isKey, t, type Key } from "../words";
import { SAME_TROUBLE } from "../words/trouble.fr";
import { announce } from "./announce";
import { el, freshId, type Child } from "./dom";
import { icon, type IconName } from "./icon";

export type Tone = "action" | "caution" | "harm";

const TONE_ICONS: Record<Tone, IconName> = { action: "info", caution: "triangle-alert", harm: "circle-alert" };

export function notice(tone: Tone, ...children: readonly Child[]): HTMLElement {
  const body = el("div", { class: "stack tight" }, children.map((child) => (typeof child === "string" ? el("p", null, child) : child)));
  return el("div", { class: "notice", "data-tone": tone }, icon(TONE_ICONS[tone]), body);
}

export function tag(text: string, tone?: Tone): HTMLElement {
  return el("span", { class: "tag", "data-tone": tone }, text);
}

export function button(text: string, onclick: (event: Event) => void, kind: "" | "second" | "quiet" | "harm" = "", name?: IconName): HTMLButtonElement {
  return el("button", { type: "button", class: `button ${kind}`.trim(), onclick }, name && icon(name), text);
}

const TOAST_MS = 10_000;

/** Says what was just done. With `undo`, stays until pressed, closed, or 10 s without focus or pointer. */
export function toast(text: string, undo?: () => void): void {
  const shelf = document.querySelector(".toasts");
  if (!shelf) return;
  const bar = el("div", { class: "toast" }, el("span", null, text));
  let timer: ReturnType<typeof setTimeout>;
  const leave = (): void => {
    clearTimeout(timer);
    bar.remove();
  };
  const wait = (): void => {
    timer = setTimeout(leave, TOAST_MS);
  };
  if (undo) {
    bar.append(
      button(
        t("face.undo"),
        () => {
          leave();
          undo();
        },
        "quiet",
        "undo-2",
      ),
    );
  }
  bar.append(button(t("face.close"), leave, "quiet"));
  for (const event of ["focusin", "pointerenter"]) bar.addEventListener(event, () => { clearTimeout(timer); });
  for (const event of ["focusout", "pointerleave"]) bar.addEventListener(event, wait);
  shelf.append(bar);
  wait();
  announce(text);
}

export interface FailureWords {
  readonly happened: string;
  /** What is not lost. */
  readonly safe?: string;
  /** What to do. */
  readonly next?: string;
  readonly tone?: "harm" | "caution";
  readonly retry?: () => void;
  readonly link?: { readonly href: string; readonly text: string };
}

/** What happened, what is safe, what to do. Announced at once. */
export function failure(words: FailureWords): HTMLElement {
  const heading = el("h2", null, words.happened);
  const way = words.retry ? button(t("face.retry"), words.retry, "", "refresh-cw") : null;
  const link = words.link ? el("a", { class: "button second", href: words.link.href }, words.link.text) : null;
  announce([words.happened, words.safe, words.next].filter(Boolean).join(" "), true);
  return el(
    "section",
    { class: "failure", "data-tone": words.tone ?? "harm" },
    heading,
    words.safe ? el("p", null, words.safe) : null,
    words.next ? el("p", null, words.next) : null,
    way || link ? el("div", { class: "actions" }, way, link) : null,
  );
}

/** The sentence of whatever was thrown: by the word of our errors, or as the server wrote it; the platform's say nothing to a reader. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return t("face.unexpected");
  if (error.name === "MemoryFullError" || error.name === "KeyStoreError") return t("trouble.full");
  const known = troubleOf(error);
  if (known !== null) return t(known);
  return WRITTEN_FOR_READERS.has(error.name) && error.message !== "" ? error.message : t("face.unexpected");
}

/** Errors whose message comes from the server, in the reader's language. */
const WRITTEN_FOR_READERS: ReadonlySet<string> = new Set(["ApiError", "VaultRefusal", "PasskeyError", "ReaderError"]);
const WITH_WORDS: ReadonlySet<string> = new Set(["VaultRefusal", "ReceiptError", "RecordError", "DirectoryError", "KeyChangedError", "EnvelopeError", "LedgerError"]);

function troubleOf(error: Error): Key | null {
  if (!WITH_WORDS.has(error.name)) return null;
  const { word, reason } = error as { word?: unknown; reason?: unknown };
  const named = String(word ?? reason);
  if (named in SAME_TROUBLE) return SAME_TROUBLE[named] ?? null;
  const key = `trouble.${named}`;
  return isKey(key) ? key : null;
}

export function failureOf(error: unknown, safe: string = t("face.nothing-lost"), retry?: () => void): HTMLElement {
  return failure({ happened: t("face.failed"), safe: sentenceOf(error), next: safe, ...(retry ? { retry } : {}) });
}

export function empty(heading: string, text: string, action?: Child): HTMLElement {
  return el("div", { class: "empty" }, el("h2", null, heading), el("p", { class: "quiet-text" }, text), action);
}

/** Asks in place of `asked`, without a dialog; the focus comes back to it when the answer is no. */
export function confirmInPlace(asked: HTMLElement, words: { readonly question: string; readonly yes: string; readonly no?: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const id = freshId("question");
    const answer = (yes: boolean) => (): void => {
      box.replaceWith(asked);
      if (!yes) asked.focus();
      resolve(yes);
    };
    const box = el(
      "div",
      { class: "confirm", role: "group", "aria-labelledby": id },
      el("p", { id, tabindex: "-1" }, words.question),
      el("div", { class: "actions" }, button(words.yes, answer(true), "harm"), button(words.no ?? t("face.no-keep"), answer(false), "second")),
    );
    asked.replaceWith(box);
    box.querySelector<HTMLElement>(`#${id}`)?.focus();
  });
}
