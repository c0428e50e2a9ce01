/** A file on its way: how far it is, and a way to stop it. */

import { announce, button, el, progress, sentenceOf, t } from "../face";
import { sealFile, type Compartment, type OpenedItem } from "../records";

export interface SendingOptions {
  readonly onDone: (item: OpenedItem) => void;
  /** It was cancelled: nothing of it is left. */
  readonly onGone: () => void;
}

/** Starts at once; a failure stays on the page with a way to try again. */
export function sendingRow(compartment: Compartment, file: File, { onDone, onGone }: SendingOptions): HTMLLIElement {
  const element = el("li", { class: "row" });
  const start = (): void => {
    const stop = new AbortController();
    const bar = progress(t("documents.sending", { name: file.name }));
    const cancel = button(t("documents.cancel"), () => { stop.abort(); }, "second", "x");
    element.replaceChildren(el("div", { class: "row-text" }, bar.element), cancel);
    sealFile(compartment, file, { signal: stop.signal, onprogress: (done) => { bar.set(done, 1); } }).then(onDone, (error: unknown) => {
      if (stop.signal.aborted) {
        announce(t("documents.cancelled", { name: file.name }));
        onGone();
        return;
      }
      const words = el("div", { class: "row-text" }, el("strong", null, t("documents.not-sent", { name: file.name })), el("small", null, sentenceOf(error)));
      element.replaceChildren(words, button(t("face.retry"), start, "second", "refresh-cw"), button(t("documents.drop"), onGone, "quiet", "x"));
      announce(t("documents.not-sent", { name: file.name }), true);
    });
  };
  start();
  return element;
}
