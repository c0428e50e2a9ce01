/** /practice/custody: a practice's records handed to another. Proposed, agreed to, stopped, and sealed anew. */

import { button, confirmInPlace, dayAndTime, dayInWords, el, failureOf, fill, icon, need, startShell, toast, whileBusy, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { handedOnBy, type HandedOn } from "../records/handed-on";
import { tc } from "../words/custody";
import { agreement, proposal, sealing, type Place } from "./custody/forms";
import { stop, type Custody, type Named, type Told } from "./custody/said";
import type { Membership } from "./desk/membership";
import { startPracticePage } from "./desk/practice-page";

startShell();
const keyring = await requireKeyring();
const again = await startPracticePage(need("#page"), {
  title: tc("title"),
  nowhere: [tc("none-title"), tc("none-what")],
  roles: ["manager", "practitioner"],
  others: tc("others"),
  contents: pageOf,
});

async function pageOf({ practice, roles }: Membership, others: HTMLElement | null): Promise<Child[]> {
  const [told, practices, left] = await Promise.all([
    api.get<Told>(`/api/practices/${practice}/custody`),
    api.get<readonly Named[]>("/api/practices"),
    handedOnBy(practice),
  ]);
  const place: Place = { keyring, practice, reload: () => void again() };
  const manages = roles.includes("manager");
  return [
    manages ? el("a", { class: "back", href: `/practice#${practice}` }, icon("arrow-left"), tc("back")) : null,
    el("p", { class: "lead" }, tc("lead")),
    others,
    told.taken.length > 0 ? section("taken", tc("taken"), el("ul", { class: "rows" }, told.taken.map((one) => taken(place, one, manages)))) : null,
    left.length > 0 ? section("seal", tc("seal"), toSeal(place, left, practices)) : null,
    section("give", tc("give"), told.given ? given(told.given) : manages ? proposal(place, told.files, practices.filter((one) => one.id !== practice)) : el("p", null, tc("give-manager"))),
  ];
}

function given(one: Custody): Child {
  const { practice, to, not_before, until } = one;
  const when = dayInWords(not_before);
  if (!one.is_agreed) return [el("p", null, tc("waits", { practice: to.name, when, until: dayAndTime(until ?? not_before) })), ending(one, tc("take-back"))];
  const isPast = Date.parse(not_before) <= Date.now();
  return [el("p", null, tc(isPast ? "agreed-past" : "agreed", { practice: to.name, when })), counts(one), ending(one, tc("stop"), tc("stop-sure", { practice: practice.name }))];
}

function taken(place: Place, one: Custody, manages: boolean): HTMLElement {
  const { practice, not_before, until, left } = one;
  const when = dayInWords(not_before);
  const told = one.is_agreed
    ? [el("p", null, tc("coming", { practice: practice.name, when })), counts(one)]
    : [el("p", null, tc("asks", { practice: practice.name, city: practice.city, n: left, when })), el("p", { class: "quiet-text" }, tc("asks-until", { until: dayAndTime(until ?? not_before) }))];
  const acts = one.is_agreed ? [ending(one, tc("stop"), tc("stop-sure", { practice: practice.name }))] : [agreement(place, one), ending(one, tc("decline"))];
  return el("li", { class: "stack near" }, told, manages ? acts : null);
}

function toSeal(place: Place, left: readonly HandedOn[], practices: readonly Named[]): Child {
  return [...new Set(left.map((one) => one.practice))].map((to) => sealing(place, left.filter((one) => one.practice === to), to, practices.find((one) => one.id === to)?.name ?? ""));
}

function counts({ left, kept, moved }: Custody): HTMLElement {
  return el("p", { class: "quiet-text" }, tc("counts", { n: left, kept, moved }));
}

function ending(one: Custody, label: string, question?: string): HTMLElement {
  const trouble = el("div");
  const pressed = button(label, () => void begin(), one.is_agreed ? "harm" : "second", "x");
  const begin = async (): Promise<void> => {
    if (question !== undefined && !(await confirmInPlace(pressed, { question, yes: label }))) return;
    try {
      await whileBusy(pressed, () => stop(keyring, one));
      toast(tc("stopped"));
      void again();
    } catch (error) {
      fill(trouble, failureOf(error));
    }
  };
  return el("div", { class: "stack tight" }, el("div", { class: "actions" }, pressed), trouble);
}

function section(id: string, heading: string, ...children: Child[]): HTMLElement {
  return el("section", { class: "stack near", "aria-labelledby": id }, el("h2", { id }, heading), ...children);
}
