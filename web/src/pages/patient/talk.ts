/** Messages and documents with the practitioner, during a consultation and after it. */

import { mountDocuments, type DocumentsHandle } from "../../documents";
import { el, fill, t } from "../../face";
import type { Keyring } from "../../keys";
import { exchangeSource, mountThread, type ThreadHandle } from "../../messaging";
import type { Message } from "../../net";
import { getPractice, nameOf, type Consultation } from "./api";

export type Say = (message: Message) => void;

export interface Talk {
  /** What the consultation's socket told. */
  hear(message: Message): void;
  update(consultation: Consultation): void;
  destroy(): void;
}

export function mountTalk(place: HTMLElement, consultation: Consultation, keyring: Keyring, say: Say): Talk {
  return new Both(place, consultation, keyring, say);
}

/** The practitioner can answer for so long after the end; later, what was said can only be read. */
const ANSWERED_FOR_MS = 30 * 24 * 3_600_000;

class Both implements Talk {
  readonly #place: HTMLElement;
  readonly #keyring: Keyring;
  readonly #names = new Map<string, string>();
  #now: Consultation;
  #thread: ThreadHandle | null = null;
  #documents: DocumentsHandle | null = null;
  #isGone = false;
  #counters: Readonly<Record<string, number>>;

  constructor(place: HTMLElement, consultation: Consultation, keyring: Keyring, say: Say) {
    this.#place = place;
    this.#now = consultation;
    this.#counters = consultation.counters;
    this.#keyring = keyring;
    void this.#mount(place, say);
  }

  async #mount(place: HTMLElement, say: Say): Promise<void> {
    // Someone who passed the request on may have written too: without the practice's list, the practice answers for them.
    const practice = await getPractice(this.#now.practice.id).catch(() => null);
    if (this.#isGone) return;
    for (const one of practice?.practitioners ?? []) this.#names.set(one.person, nameOf(one));
    const [messages, documents] = [el("div"), el("div")];
    const isOpen = canAnswer(this.#now, Date.now());
    fill(place, isOpen ? null : el("p", { class: "quiet-text" }, t("patient.talk.over")), messages, documents);
    const { id } = this.#now;
    const readers = t("patient.closed.readers", { who: this.#who() });
    const name = (author: string): string => this.#nameOf(author);
    const source = exchangeSource(this.#keyring, { consultation: id, purpose: "own-record", nameOf: name, writing: () => { say({ type: "writing" }); }, tells: { kind: "message", isClosed: () => this.#now.state === "closed" } });
    this.#thread = mountThread(messages, source, { readers, canWrite: isOpen });
    this.#documents = mountDocuments(documents, { keyring: this.#keyring, consultation: id, purpose: "own-record", nameOf: name, readers, canAdd: isOpen });
    this.#showRead();
  }

  hear(message: Message): void {
    if (message.type === "record") {
      this.#refresh(String(message["compartment"]));
      this.#place.dispatchEvent(new Event("news"));
    }
    else if (message.type === "read" && message["person"] !== this.#keyring.person) this.#thread?.showRead(Number(message["position"]));
    else if (message.type === "writing" && message["role"] === "practitioner") this.#thread?.showWriting(this.#who());
  }

  /** After a lost line, what was written meanwhile shows in the counters. */
  update(consultation: Consultation): void {
    const before = this.#counters;
    this.#now = consultation;
    this.#counters = consultation.counters;
    for (const [compartment, counter] of Object.entries(consultation.counters)) {
      if (counter !== before[compartment]) this.#refresh(compartment);
    }
    this.#showRead();
  }

  destroy(): void {
    this.#isGone = true;
    this.#thread?.destroy();
    this.#documents?.destroy();
  }

  #refresh(compartment: string): void {
    if (compartment === "exchange") this.#thread?.refresh();
    else if (compartment === "documents") this.#documents?.refresh();
  }

  #showRead(): void {
    for (const [person, position] of Object.entries(this.#now.read)) {
      if (person !== this.#keyring.person) this.#thread?.showRead(position);
    }
  }

  #who(): string {
    const { practitioner, practice } = this.#now;
    return practitioner ? nameOf(practitioner) : practice.name;
  }

  #nameOf(author: string): string {
    const { practitioner, practice } = this.#now;
    if (author === practitioner?.person) return nameOf(practitioner);
    return this.#names.get(author) ?? practice.name;
  }
}

export function canAnswer({ state, closed_at }: Pick<Consultation, "state" | "closed_at">, now: number): boolean {
  return state !== "closed" || closed_at === null || now < Date.parse(closed_at) + ANSWERED_FOR_MS;
}
