/** When one may come to an appointment, and when it is over. Pure. */

/** So long before it begins, the way into the waiting room opens. */
export const EARLY_MS = 30 * 60_000;
const MARGIN_MS = 12 * 3_600_000;

/** What was prepared opens to its practitioner from so long before to so long after, as the vault has it. */
export function isOfDay(one: { readonly starts_at: string; readonly ends_at: string }, now: number): boolean {
  return Date.parse(one.starts_at) - MARGIN_MS < now && now < Date.parse(one.ends_at) + MARGIN_MS;
}

export type Phase = "ahead" | "now" | "missed";

export function phaseOf(one: { readonly starts_at: string; readonly ends_at: string }, now: number): Phase {
  if (now < Date.parse(one.starts_at) - EARLY_MS) return "ahead";
  return now < Date.parse(one.ends_at) + MARGIN_MS ? "now" : "missed";
}
