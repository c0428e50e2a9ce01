/** What the server knows beside the ledger: names, what records are about, objections. None of it is proven; the page says so. */

import { api } from "../../../net";
import { listConsultations, listPractices, listRecords, nameOf, type RecordLine, type Summary } from "../api";

export interface Person {
  readonly person: string;
  readonly given: string;
  readonly family: string;
  readonly profession: string;
  readonly practice: string | null;
}

export interface Objection {
  readonly seq: number;
  readonly reason: Reason;
  readonly at: string;
  readonly answer: "explained" | "corrected" | "incident" | null;
  readonly answered_at: string | null;
}

export const REASONS = ["unknown-person", "no-appointment", "not-needed", "other"] as const;
export type Reason = (typeof REASONS)[number];

const AT_ONCE = 50;

export class Known {
  readonly #people = new Map<string, Person>();
  readonly #objections = new Map<number, Objection>();
  readonly #practices = new Map<string, string>();
  #records: readonly RecordLine[] = [];
  #consultations: readonly Summary[] = [];

  /** Without what fails, the page still shows every line. */
  async load(): Promise<void> {
    const [records, consultations, objections, practices] = await Promise.all([
      listRecords().catch(() => []),
      listConsultations().catch(() => []),
      api.get<Objection[]>("/api/objections").catch(() => []),
      listPractices().catch(() => []),
    ]);
    this.#records = records;
    this.#consultations = consultations;
    for (const one of objections) this.#objections.set(one.seq, one);
    for (const one of practices) this.#practices.set(one.id, one.name);
    for (const one of consultations) this.#practices.set(one.practice.id, one.practice.name);
  }

  async loadPeople(ids: readonly string[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => id !== "" && !this.#people.has(id));
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const found = await api.get<Person[]>(`/api/people?ids=${wanted.slice(at, at + AT_ONCE).join(",")}`).catch(() => []);
      for (const one of found) this.#people.set(one.person, one);
    }
  }

  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  practice(id: string): string | undefined {
    return this.#practices.get(id);
  }

  objection(seq: number): Objection | undefined {
    return this.#objections.get(seq);
  }

  addObjection(objection: Objection): void {
    this.#objections.set(objection.seq, objection);
  }

  /** What practices keep: files and consultations that they were shown. */
  kept(): readonly RecordLine[] {
    const drafts = new Set(this.#consultations.filter((one) => one.state === "draft").map((one) => one.id));
    return this.#records.filter((one) => one.practice !== null && !drafts.has(one.record));
  }

  /** The records one can choose from, newest first: consultations, then the files that practices keep. */
  records(): readonly { readonly id: string; readonly consultation?: Summary; readonly practice: string }[] {
    const shown = this.#consultations.filter((one) => one.state !== "draft");
    const files = this.#records.filter((one) => one.kind === "file");
    return [
      ...shown.map((one) => ({ id: one.id, consultation: one, practice: one.practice.name })),
      ...files.map((one) => ({ id: one.record, practice: this.#practices.get(one.practice ?? "") ?? "" })),
    ];
  }
}

export function fullName(person: Person): string {
  return nameOf(person);
}
