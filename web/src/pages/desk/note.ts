/** Notes and the summary: sealed in `care`, saved as one writes, kept on this device until the server has them. */

import { button, el, fill, notice, savedMark, seal, t, textArea, type Saved } from "../../face";
import type { Keyring } from "../../keys";
import { dropKept, keep, kept } from "../../memory/drafts";
import { ApiError } from "../../net";
import { openCompartment, type Compartment } from "../../records";
import { claim } from "../patient/tabs";
import { refusal } from "./refusals";

const KEEP_AFTER_MS = 300;
const SAVE_AFTER_MS = 1200;
const TRY_AGAIN_MS = 5000;

export type CareKind = "note" | "summary";

export interface Writing {
  readonly element: HTMLElement;
  readonly text: string;
  /** Saves what is not saved yet; rejects when it cannot be. */
  flush(): Promise<void>;
  destroy(): void;
}

/** The compartment, opened once for both. */
export function openCare(keyring: Keyring, consultation: string): () => Promise<Compartment> {
  let opening: Promise<Compartment> | null = null;
  return () => {
    opening ??= openCompartment(keyring, consultation, "care", "care").catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
}

export function writing(keyring: Keyring, consultation: string, kind: CareKind, open: () => Promise<Compartment>): Writing {
  return new CareWriting(keyring, consultation, kind, open);
}

class CareWriting implements Writing {
  readonly element = el("div", { class: "stack near" });
  readonly #keyring: Keyring;
  readonly #name: string;
  readonly #kind: CareKind;
  readonly #open: () => Promise<Compartment>;
  readonly #mark: Saved = savedMark();
  readonly #field;
  #item: string | undefined;
  #saved = "";
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #underway: Promise<void> = Promise.resolve();
  #letGo: () => void = () => undefined;
  /** Written on in another tab since: what stands here is of before, and covers nothing. */
  #isElsewhere = false;

  constructor(keyring: Keyring, consultation: string, kind: CareKind, open: () => Promise<Compartment>) {
    this.#keyring = keyring;
    this.#name = `${kind}/${consultation}`;
    this.#kind = kind;
    this.#open = open;
    this.#field = textArea(t(`desk.${kind}`), { rows: kind === "note" ? 8 : 6, maxlength: 20_000 }, { hint: t(`desk.${kind}-hint`) });
    this.#field.input.addEventListener("input", () => { this.#changed(); });
    void this.#load();
  }

  get text(): string {
    return this.#field.input.value;
  }

  async flush(): Promise<void> {
    if (this.#isElsewhere) return;
    clearTimeout(this.#saving);
    await this.#save();
  }

  destroy(): void {
    clearTimeout(this.#keeping);
    clearTimeout(this.#saving);
    this.#letGo();
  }

  async #load(): Promise<void> {
    const shut = seal("opening", { readers: t("desk.readers") });
    fill(this.element, shut.element);
    this.#letGo();
    this.#letGo = claim(this.#name, () => { this.#stand(); });
    try {
      const care = await this.#open();
      if (this.#isElsewhere) await care.refresh();
      this.#isElsewhere = false;
      const found = care.items.filter((one) => one.kind === this.#kind && one.isMine).at(-1);
      this.#item = found?.item;
      this.#saved = (found?.data as { text?: string } | undefined)?.text ?? "";
      // What is on this device was typed after what the server has.
      this.#field.input.value = (await kept<string>(this.#name, this.#keyring.person)) ?? this.#saved;
      shut.set("open", this.#field.element, this.#mark.element);
      if (found) this.#mark.set({ state: "saved", at: found.at });
      if (this.text !== this.#saved) this.#changed();
    } catch (error) {
      shut.set("sealed");
      this.element.append(refusal(error, { retry: () => void this.#load() }));
    }
  }

  /** Another tab has opened it: it goes on there, from what is kept on this device, until one comes back. */
  #stand(): void {
    this.#isElsewhere = true;
    clearTimeout(this.#keeping);
    clearTimeout(this.#saving);
    if (this.text !== this.#saved) void keep(this.#name, this.#keyring.person, this.text).catch(() => undefined);
    fill(this.element, notice("caution", el("strong", null, t("desk.tabs")), t("desk.tabs-text")), el("div", { class: "actions" }, button(t("desk.tabs-here"), () => void this.#load(), "second")));
  }

  #changed(): void {
    clearTimeout(this.#keeping);
    clearTimeout(this.#saving);
    this.#keeping = setTimeout(() => void keep(this.#name, this.#keyring.person, this.text).catch(() => undefined), KEEP_AFTER_MS);
    this.#saving = setTimeout(() => void this.#save().catch(() => undefined), SAVE_AFTER_MS);
  }

  #save(): Promise<void> {
    this.#underway = this.#underway.catch(() => undefined).then(() => this.#saveNow());
    return this.#underway;
  }

  async #saveNow(): Promise<void> {
    const text = this.text;
    if (text === this.#saved) return;
    this.#mark.set({ state: "saving" });
    try {
      const care = await this.#open();
      const put = await care.put(this.#kind, { text }, this.#item);
      this.#item = put.item;
      this.#saved = text;
      clearTimeout(this.#keeping);
      if (this.text === text) await dropKept(this.#name, this.#keyring.person);
      this.#mark.set({ state: "saved", at: new Date() });
    } catch (error) {
      this.#mark.set({ state: error instanceof ApiError && error.isOffline ? "offline" : "failed" });
      this.#saving = setTimeout(() => void this.#save().catch(() => undefined), TRY_AGAIN_MS);
      throw error;
    }
  }
}
