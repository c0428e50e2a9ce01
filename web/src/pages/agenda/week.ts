/** Weeks, days and spans of an agenda, on the reader's own clock; what is kept and sent is an instant in UTC. Pure. */

import { dayKey } from "../../face";

/** Monday, at the reader's midnight, of the week that `moment` is in, or of one so many weeks from it. */
export function mondayOf(moment: Date, weeks = 0): Date {
  const day = (moment.getDay() + 6) % 7;
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - day + 7 * weeks);
}

/** The seven midnights of a week: counted in days, for one of them is an hour longer or shorter when the clocks change. */
export function daysOf(monday: Date): Date[] {
  return Array.from({ length: 7 }, (_, n) => new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + n));
}

export interface Span {
  readonly starts_at: string;
  readonly ends_at: string;
}

/** From a day and a time as the reader's fields have them ("2026-11-30", "09:20"); null where that is no moment. */
export function spanOf(day: string, time: string, minutes: number): Span | null {
  const begins = new Date(`${day}T${time}`);
  if (Number.isNaN(begins.getTime())) return null;
  return { starts_at: begins.toISOString(), ends_at: new Date(begins.getTime() + minutes * 60_000).toISOString() };
}

export function onDay<T extends { readonly starts_at: string }>(all: readonly T[], day: Date): T[] {
  return all.filter((one) => dayKey(one.starts_at) === dayKey(day)).sort((a, b) => a.starts_at.localeCompare(b.starts_at));
}

/** A day as a date field has it. */
export function dayValue(day: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** A time as a time field has it. */
export function timeValue(moment: Date): string {
  return moment.toTimeString().slice(0, 5);
}
