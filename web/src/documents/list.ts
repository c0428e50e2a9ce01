/** The documents of a consultation, both ways: a list, and a place to add to it. */

import { announce, button, el, failureOf, fill, freshId, icon, notice, seal, t, whileBusy, whileWaiting } from "../face";
import { readFileDescription } from "../crypto";
import type { Keyring } from "../keys";
import { FILE_TYPES, fileTrouble, isRemoved, openCompartment, removeFile, type Compartment, type OpenedItem } from "../records";
import { documentRow } from "./row";
import { sendingRow } from "./sending";

export interface DocumentsOptions {
  readonly keyring: Keyring;
  readonly consultation: string;
  /** Why it is opened, in the vault's words: `own-record` or `care`. */
  readonly purpose: string;
  readonly nameOf: (author: string) => string;
  readonly readers?: string;
  readonly canAdd: boolean;
  /** One's own can be taken back: only while nobody else has been shown them. */
  readonly canRemove?: boolean;
  readonly heading?: string;
  /** How many documents there are now. */
  readonly onChange?: (count: number) => void;
}

export interface DocumentsHandle {
  /** Something was added elsewhere. */
  refresh(): void;
  /** Whether a file is on its way: leaving the page would lose it. */
  isSending(): boolean;
  destroy(): void;
}

export function mountDocuments(place: HTMLElement, options: DocumentsOptions): DocumentsHandle {
  return new Documents(place, options);
}

class Documents implements DocumentsHandle {
  readonly #place: HTMLElement;
  readonly #options: DocumentsOptions;
  readonly #rows = el("ul", { class: "rows documents" });
  readonly #trouble = el("div", { role: "status" });
  readonly #shut;
  readonly #shown = new Map<string, HTMLElement>();
  readonly #early: File[] = [];
  #sending = 0;
  #compartment: Compartment | null = null;

  constructor(place: HTMLElement, options: DocumentsOptions) {
    this.#place = place;
    this.#options = options;
    const heading = freshId("documents");
    this.#shut = seal("opening", options.readers === undefined ? {} : { readers: options.readers });
    fill(
      place,
      el("section", { class: "stack near", "aria-labelledby": heading }, el("h2", { id: heading }, options.heading ?? t("documents.title")), this.#shut.element, this.#trouble, options.canAdd ? this.#adder() : null),
    );
    void this.#load();
  }

  refresh(): void {
    const compartment = this.#compartment;
    if (!compartment) return;
    compartment.refresh().then(
      (fresh) => {
        this.#show(compartment, fresh);
        const theirs = fresh.filter((one) => !one.isMine).at(-1);
        if (theirs) announce(t("documents.came", { who: this.#options.nameOf(theirs.author) }));
      },
      (error: unknown) => { fill(this.#trouble, failureOf(error, "", () => { this.refresh(); })); },
    );
  }

  isSending(): boolean {
    return this.#sending + this.#early.length > 0;
  }

  destroy(): void {
    fill(this.#place);
  }

  async #load(): Promise<void> {
    fill(this.#trouble);
    const { keyring, consultation, purpose } = this.#options;
    try {
      this.#compartment = await whileWaiting(this.#trouble, openCompartment(keyring, consultation, "documents", purpose), 2);
      this.#shut.set("open", this.#rows);
      this.#show(this.#compartment, this.#compartment.items);
      this.#showCount();
      this.#take(this.#early.splice(0));
    } catch (error) {
      this.#shut.set("sealed");
      fill(this.#trouble, failureOf(error, "", () => void this.#load()));
    }
  }

  #show(compartment: Compartment, items: readonly OpenedItem[]): void {
    for (const item of items) {
      if (item.kind !== "document") continue;
      if (isRemoved(item)) this.#drop(item.item);
      else if (!this.#shown.has(item.item)) this.#append(compartment, item);
    }
    this.#showCount();
  }

  #append(compartment: Compartment, item: OpenedItem): void {
    const row = documentRow(compartment, item, item.isMine ? t("thread.you") : this.#options.nameOf(item.author));
    if (item.isMine && this.#options.canRemove) {
      const remove = button(t("documents.remove"), () => void whileBusy(remove, () => this.#remove(compartment, item)), "quiet", "trash-2");
      row.append(remove);
    }
    this.#shown.set(item.item, row);
    this.#rows.append(row);
  }

  #drop(item: string): void {
    this.#shown.get(item)?.remove();
    this.#shown.delete(item);
  }

  async #remove(compartment: Compartment, item: OpenedItem): Promise<void> {
    const { name } = readFileDescription(item.data);
    try {
      await removeFile(compartment, item);
      this.#drop(item.item);
      this.#showCount();
      announce(t("documents.removed", { name }));
      this.#place.querySelector<HTMLElement>(".drop input")?.focus();
    } catch (error) {
      fill(this.#trouble, failureOf(error, ""));
    }
  }

  #showCount(): void {
    this.#rows.querySelector(".documents-none")?.remove();
    if (this.#rows.childElementCount === 0) this.#rows.append(el("li", { class: "documents-none quiet-text" }, t("documents.none")));
    this.#options.onChange?.(this.#shown.size);
  }

  #adder(): HTMLElement {
    const id = freshId("add");
    const input = el("input", { type: "file", id, class: "aloud", multiple: true, accept: FILE_TYPES.join(",") });
    const label = el("label", { for: id, class: "button second" }, icon("paperclip"), t("documents.add"));
    const box = el("div", { class: "drop stack tight" }, input, label, el("p", { class: "hint" }, t("documents.limits")));
    input.addEventListener("change", () => {
      this.#take([...(input.files ?? [])]);
      input.value = "";
    });
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.dataset["over"] = "yes";
    });
    box.addEventListener("dragleave", () => { delete box.dataset["over"]; });
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      delete box.dataset["over"];
      this.#take([...(event.dataTransfer?.files ?? [])]);
    });
    return box;
  }

  #take(files: readonly File[]): void {
    const compartment = this.#compartment;
    if (!compartment) {
      // Chosen while the documents are still being opened: sent as soon as they are.
      this.#early.push(...files);
      return;
    }
    fill(this.#trouble);
    for (const file of files) {
      const trouble = fileTrouble(file);
      if (trouble) {
        const words = t(`documents.trouble.${trouble}`, { name: file.name });
        this.#trouble.append(notice("caution", words));
        continue;
      }
      this.#rows.querySelector(".documents-none")?.remove();
      this.#sending += 1;
      const row = sendingRow(compartment, file, {
        onDone: (item) => {
          this.#sending -= 1;
          row.remove();
          this.#show(compartment, [item]);
          announce(t("documents.sent", { name: file.name }));
        },
        onGone: () => {
          this.#sending -= 1;
          row.remove();
          this.#showCount();
        },
      });
      this.#rows.append(row);
    }
  }
}
