/** The bar that turns the weeks: which one is shown, the one before, the one after, and the way back to this one. */

import { button, dayInWords, el } from "../../face";
import { tw } from "../../words/weeks";
import { mondayOf } from "./week";

/** `weeks` from this one are shown. `move` is told how to go on from what was asked for last: one may press again before a week has come. */
export function weeksBar(weeks: number, move: (next: (weeks: number) => number) => void): HTMLElement {
  const turn = (label: string, by: number): HTMLElement => button(label, () => { move((asked) => asked + by); }, "second", by < 0 ? "arrow-left" : "arrow-right");
  return el(
    "nav",
    { class: "agenda-weeks", "aria-label": tw("weeks") },
    turn(tw("before"), -1),
    el("strong", { class: "agenda-week" }, tw("week-of", { day: dayInWords(mondayOf(new Date(), weeks)) })),
    turn(tw("after"), 1),
    weeks === 0 ? null : button(tw("this-week"), () => { move(() => 0); }, "quiet"),
  );
}
