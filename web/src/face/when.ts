/** Times in words: 24 hours, days by name, in the page's language and the reader's own zone. */

import { language, t } from "../words";

export type Moment = Date | string | number;

/** 14:32 */
export function clockTime(moment: Moment): string {
  return format(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** mardi 24 novembre 2026 */
export function dayInWords(moment: Moment): string {
  return format(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** 24 novembre 2026, of a date without a time (a birth). */
export function dateInWords(day: string): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

/** aujourd’hui à 14:32 · hier à 9:05 · mardi 24 novembre 2026 à 14:32 */
export function dayAndTime(moment: Moment, now: Moment = Date.now()): string {
  return t("face.day-at", { day: relativeDay(moment, now), time: clockTime(moment) });
}

/** aujourd’hui · hier · mardi 24 novembre 2026 */
export function relativeDay(moment: Moment, now: Moment = Date.now()): string {
  const days = dayNumber(now) - dayNumber(moment);
  if (days === 0) return t("face.today");
  if (days === 1) return t("face.yesterday");
  return dayInWords(moment);
}

/** A key by which moments of one day, here, are grouped. */
export function dayKey(moment: Moment): string {
  const date = new Date(moment);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].join("-");
}

function dayNumber(moment: Moment): number {
  const date = new Date(moment);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

function format(moment: Moment, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), options).format(new Date(moment));
}

function locale(): string {
  return language() === "en" ? "en-GB" : "fr-FR";
}
