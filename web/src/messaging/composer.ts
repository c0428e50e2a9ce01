/** Where a message is written. What is typed is kept, sealed, on this device until it is sent. */

import { button, el, icon, t, textArea } from "../face";

const KEEP_AFTER_MS = 400;
const WRITING_EVERY_MS = 3000;
export const MOST_CHARACTERS = 4000;

export interface ComposerOptions {
  readonly onSend: (text: string) => void;
  readonly onWriting: () => void;
  readonly keep: (text: string) => Promise<void>;
}

export interface Composer {
  readonly element: HTMLElement;
  readonly input: HTMLTextAreaElement;
  /** Puts back what was kept, unless something was typed meanwhile. */
  restore(text: string): void;
  destroy(): void;
}

export function composer({ onSend, onWriting, keep }: ComposerOptions): Composer {
  const trouble = el("p", { class: "quiet-text", role: "status" });
  const field = textArea(t("thread.write"), { rows: 2, maxlength: MOST_CHARACTERS, enterkeyhint: "send", autocomplete: "off" });
  let keeping: ReturnType<typeof setTimeout> | undefined;
  let toldAt = 0;

  const keepNow = (): void => {
    clearTimeout(keeping);
    keep(field.input.value).then(
      () => { trouble.textContent = ""; },
      () => { trouble.textContent = t("thread.not-kept"); },
    );
  };

  const grow = (): void => {
    field.input.rows = Math.min(8, Math.max(2, field.input.value.split("\n").length));
  };

  const submit = (): void => {
    const text = field.input.value.trim();
    if (text === "") {
      field.input.focus();
      return;
    }
    field.input.value = "";
    grow();
    // Given away before it is dropped here: at no moment is it kept nowhere.
    onSend(text);
    keepNow();
    field.input.focus();
  };

  field.input.addEventListener("input", () => {
    grow();
    clearTimeout(keeping);
    keeping = setTimeout(keepNow, KEEP_AFTER_MS);
    if (Date.now() - toldAt < WRITING_EVERY_MS) return;
    toldAt = Date.now();
    onWriting();
  });
  field.input.addEventListener("keydown", (event) => {
    // On a phone, Enter is a new line: its keyboard has no Shift+Enter, and a button is at hand.
    const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!isEnter || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    submit();
  });
  const leaving = (): void => {
    if (document.visibilityState === "hidden") keepNow();
  };
  document.addEventListener("visibilitychange", leaving);

  const send = button(t("thread.send"), submit, "", "send");
  return {
    element: el("div", { class: "composer stack tight" }, field.element, el("div", { class: "actions" }, send, el("span", { class: "hint only-fine" }, icon("info"), t("thread.enter"))), trouble),
    input: field.input,
    restore(text) {
      if (field.input.value === "") field.input.value = text;
      grow();
    },
    destroy() {
      clearTimeout(keeping);
      document.removeEventListener("visibilitychange", leaving);
    },
  };
}
