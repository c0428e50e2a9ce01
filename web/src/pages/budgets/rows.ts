/** One meter on the page: of a member, or of the whole practice. */

import { dayInWords, el, parts, tag, type Child } from "../../face";
import { tb } from "../../words/budgets";
import { roleName } from "../accounts/roles";
import { purposeName } from "./names";
import { plot } from "./plot";
import { WINDOWS, type MemberMeter, type Meter, type Quota, type Window } from "./standing";
import { levelOf, usualOf } from "./usual";

export function memberRow(member: MemberMeter, name: string, scale: number): HTMLElement {
  const marks: Child[] = [
    member.frozen ? tag(tb("frozen"), "harm") : null,
    member.stepped_up ? tag(tb("stepped"), "caution") : null,
    member.broken_glasses > 0 ? tag(tb("glasses", { n: member.broken_glasses }), "caution") : null,
  ];
  const text = el("div", { class: "row-text" }, el("strong", null, name), el("small", null, roleName(member.role)), el("div", { class: "tags" }, marks));
  return el("li", { class: "budget" }, text, drawn(member, scale), windows(member));
}

export function practiceRow(practice: Meter): HTMLElement {
  const usual = usualOf([practice]);
  return el("div", { class: "budget whole" }, drawn(practice, Math.max(...practice.days, usual.median)), windows(practice));
}

export function quotaRow(quota: Quota, name: string): HTMLElement {
  const used = tb("quota-used", { used: quota.used, records: quota.records });
  return el(
    "li",
    { class: "row" },
    el("div", { class: "row-text" }, el("span", null, parts(tb("quota-who"), { name: el("strong", null, name), purpose: purposeName(quota.purpose) })), el("small", null, tb("until", { when: dayInWords(quota.ends_at) }))),
    el("div", { class: "budget-window" }, el("span", null, used), bar(quota.used, quota.records, "calm")),
  );
}

function drawn(meter: Meter, scale: number): HTMLElement {
  if (meter.days.every((units) => units === 0)) return el("p", { class: "quiet-text" }, daysWords(meter));
  return el("figure", { class: "budget-days" }, plot(meter.days, scale, usualOf([meter]).median), el("figcaption", null, daysWords(meter)));
}

function daysWords(meter: Meter): string {
  const { seen, median, busiest } = usualOf([meter]);
  return seen === 0 ? tb("days-none") : tb("days-usual", { median, busiest });
}

function windows(meter: Meter): HTMLElement {
  return el("dl", { class: "budget-windows" }, WINDOWS.map((window) => windowOf(meter, window)));
}

function windowOf(meter: Meter, window: Window): HTMLElement {
  const level = levelOf(meter, window);
  const words = tb("of", { used: meter.used[window], capacity: meter.capacity[window] });
  const mark = level === "calm" ? null : tag(tb(level), level === "full" ? "harm" : "caution");
  return el("div", { class: "budget-window" }, el("dt", null, tb(window)), el("dd", null, words, " ", mark, bar(meter.used[window], meter.capacity[window], level)));
}

/** The words beside it say the same: it is for eyes alone. */
function bar(used: number, capacity: number, level: string): HTMLElement {
  return el("progress", { max: Math.max(capacity, 1), value: Math.min(used, capacity), "aria-hidden": "true", class: level });
}
