/** What the pages of a patient ask the web process, typed (docs/spec/web-api.md). */

import { api } from "../../net";

export interface PracticeLine {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  readonly on_duty: number;
}

export interface Practitioner {
  readonly person: string;
  readonly given: string;
  readonly family: string;
  readonly profession: string;
  readonly rpps: string;
  readonly on_duty: boolean;
}

export interface Practice {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  readonly practitioners: readonly Practitioner[];
}

export interface Named {
  readonly person: string;
  readonly given: string;
  readonly family: string;
  readonly profession: string;
}

export type State = "draft" | "booked" | "waiting" | "taken" | "closed" | "cancelled" | "refused" | "expired";
export type Presence = "here" | "unsteady" | "gone";

export interface Summary {
  readonly id: string;
  readonly state: State;
  readonly practice: { readonly id: string; readonly name: string };
  readonly practitioner: Named | null;
  readonly wished: Named | null;
  readonly patient: string;
  readonly file: string;
  readonly created_at: string;
  readonly requested_at: string | null;
  readonly taken_at: string | null;
  readonly closed_at: string | null;
  readonly expires_at: string | null;
  /** Of an appointment. */
  readonly starts_at: string | null;
  readonly ends_at: string | null;
}

export interface Consultation extends Summary {
  readonly position: number | null;
  readonly ahead: number | null;
  readonly estimate_minutes: number | null;
  readonly on_duty: number;
  /** Someone had taken it, and passed it on: it waits again. */
  readonly transferred: boolean;
  readonly presence: { readonly patient: Presence; readonly practitioner: Presence };
  readonly counters: Readonly<Record<string, number>>;
  readonly read: Readonly<Record<string, number>>;
}

export interface RecordLine {
  readonly record: string;
  readonly kind: "person" | "file" | "consultation";
  readonly practice: string | null;
  readonly file: string | null;
  /** It was erased for good: nothing opens it, and another takes its place. */
  readonly erased_at?: string | null;
}

export const listPractices = (): Promise<readonly PracticeLine[]> => api.get("/api/practices");
export const getPractice = (id: string): Promise<Practice> => api.get(`/api/practices/${id}`);
export const getQuestionnaire = (practice: string): Promise<unknown> => api.get(`/api/practices/${practice}/questionnaire`);
export const listConsultations = (): Promise<readonly Summary[]> => api.get("/api/consultations");
export const getConsultation = (id: string): Promise<Consultation> => api.get(`/api/consultations/${id}`);
export const listRecords = (): Promise<readonly RecordLine[]> => api.get("/api/records");

/** "Dr Bose" for a doctor, "Claire Bose" for others, as the profession allows. */
export function nameOf(person: Named): string {
  return `${person.given} ${person.family}`.trim();
}
