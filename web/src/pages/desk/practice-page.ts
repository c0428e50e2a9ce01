/** The frame of a page about one practice: which of the reader's it is, the others beside it, and what is there while it comes or fails. */

import { arrive, el, empty, failureOf, fill, whileWaiting, type Child } from "../../face";
import { membershipsAs, namedByAddress, type Membership } from "./membership";

export interface PracticePage {
  readonly title: string;
  /** For who has none of these roles anywhere: a heading and a sentence. */
  readonly nowhere: readonly [string, string];
  readonly roles: readonly string[];
  /** What the way to the others is called; null stands for no others. */
  readonly others: string;
  /** Where the address may name something else than a practice. */
  readonly choose?: (all: readonly Membership[]) => Promise<Membership | undefined>;
  readonly contents: (chosen: Membership, others: HTMLElement | null) => Promise<readonly Child[]>;
}

/** Shows the page, and returns what shows it again, from its heading on. */
export async function startPracticePage(place: HTMLElement, page: PracticePage): Promise<() => Promise<void>> {
  const again = async (): Promise<void> => {
    await show();
    arrive(place);
  };
  const show = async (): Promise<void> => {
    const title = el("h1", null, page.title);
    try {
      const { confirmed } = await whileWaiting(place, membershipsAs(...page.roles));
      const chosen = page.choose ? await page.choose(confirmed) : namedByAddress(confirmed);
      if (!chosen) fill(place, title, empty(...page.nowhere));
      else fill(place, title, ...(await whileWaiting(place, page.contents(chosen, othersOf(chosen, confirmed, page.others, again)))));
    } catch (error) {
      fill(place, title, failureOf(error, undefined, () => void show()));
    }
  };
  await show();
  return again;
}

function othersOf(chosen: Membership, all: readonly Membership[], label: string, again: () => Promise<void>): HTMLElement | null {
  const others = all.filter((one) => one.practice !== chosen.practice);
  if (others.length === 0) return null;
  const links = others.map((one) => el("a", { class: "button quiet", href: `#${one.practice}`, onclick: () => { setTimeout(() => void again()); } }, one.name));
  return el("nav", { class: "actions", "aria-label": label }, el("strong", null, chosen.name), links);
}
