/** One document: its name, size, who sent it and when; opened on this device only. */

import { announce, button, dayAndTime, el, fill, icon, progress, sentenceOf, t } from "../face";
import { readFileDescription } from "../crypto";
import { openFile, type Compartment, type OpenedItem } from "../records";

const SHOWN_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp"]);
/** Long enough for the browser to have begun the download. */
const FREE_AFTER_MS = 60_000;

export function documentRow(compartment: Compartment, item: OpenedItem, who: string): HTMLLIElement {
  const { name, type, size } = readFileDescription(item.data);
  const isImage = type.startsWith("image/");
  const state = el("div", { class: "document-state" });
  const words = el("div", { class: "row-text" }, el("strong", { class: "document-name" }, name), el("small", null, t("documents.about", { size: sizeInWords(size), who, when: dayAndTime(item.at) })), state);

  const opened = async (): Promise<Blob | null> => {
    const bar = progress(t("documents.opening"));
    fill(state, bar.element);
    try {
      const blob = await openFile(compartment, item, { onprogress: (done) => { bar.set(done, 1); } });
      fill(state);
      return blob;
    } catch (error) {
      fill(state, el("p", { class: "field-error" }, sentenceOf(error)));
      announce(sentenceOf(error), true);
      return null;
    }
  };

  const save = button(t("documents.save"), () => void opened().then((blob) => { if (blob) saveAs(blob, name); }), "second", "download");
  const show = SHOWN_TYPES.has(type) ? button(t("documents.show"), () => void opened().then((blob) => { if (blob) showIn(state, blob, name); }), "second", "eye") : null;
  return el("li", { class: "row document" }, icon(isImage ? "image" : "file-text"), words, show, save);
}

/** A link that is pressed once: the file never has an address of its own. */
function saveAs(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const link = el("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => { URL.revokeObjectURL(href); }, FREE_AFTER_MS);
}

function showIn(place: HTMLElement, blob: Blob, name: string): void {
  const src = URL.createObjectURL(blob);
  const picture = el("img", { src, alt: name, class: "document-picture" });
  picture.addEventListener("error", () => {
    fill(place, el("p", { class: "field-error" }, t("documents.unreadable")));
  });
  const hide = button(t("documents.hide"), () => {
    URL.revokeObjectURL(src);
    fill(place);
  }, "quiet", "x");
  fill(place, picture, hide);
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1024 * 1024) return t("documents.kilobytes", { n: Math.max(1, Math.round(bytes / 1024)) });
  return t("documents.megabytes", { n: Math.round((10 * bytes) / (1024 * 1024)) / 10 });
}
