/** When someone who waits is waiting longer than they were told. What they were told first counts, across reloads. */

import type { Consultation } from "./api";

const GRACE_MS = 5 * 60_000;
/** Where no estimate could be given. */
const USUAL_MS = 30 * 60_000;

/** The moment that the first estimate named, in milliseconds. */
export function expectedBy(consultation: Consultation, now: number): number {
  const key = `expected:${consultation.id}:${consultation.requested_at ?? ""}`;
  const known = Number(sessionStorage.getItem(key) ?? Number.NaN);
  if (!Number.isNaN(known)) return known;
  const since = consultation.requested_at ? Date.parse(consultation.requested_at) : now;
  if (consultation.estimate_minutes === null) return since + USUAL_MS;
  const expected = now + consultation.estimate_minutes * 60_000;
  sessionStorage.setItem(key, String(expected));
  return expected;
}

export function isLate(expected: number, now: number): boolean {
  return now > expected + GRACE_MS;
}
