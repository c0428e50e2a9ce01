/** /practice/custody: a practice's records handed to another. Proposed, agreed to, stopped, and sealed anew. */

import { arrive, button, confirmInPlace, dayAndTime, dayInWords, el, empty, failureOf, fill, icon, need, startShell, toast, whileBusy, whileWaiting, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { handedOnBy, type HandedOn } from "../records/handed-on";
import { tc } from "../words/custody";
import { agreement, proposal, sealing, type Place } from "./custody/forms";
import { stop, type Custody, type Named, type Told } from "./custody/said";
import { membershipsAs, namedByAddress, type Membership } from "./desk/membership";

const page = need("#page");

startShell();
const keyring = await requireKeyring();
await show();

async function show(): Promise<void> {
  const title = el("h1", null, tc("title"));
  try {
    const { confirmed } = await whileWaiting(page, membershipsAs("manager", "practitioner"));
    const chosen = namedByAddress(confirmed);
    if (!chosen) fill(page, title, empty(tc("none-title"), tc("none-what")));
    else fill(page, title, ...(await whileWaiting(page, pageOf(chosen, confirmed))));
    page.removeAttribute("aria-busy");
  } catch (error) {
    fill(page, title, failureOf(error, undefined, () => void show()));
  }
}

function reload(): void {
  void show().then(() => {
    arrive(page);
  });
}

async function pageOf({ practice, name, roles }: Membership, all: readonly Membership[]): Promise<Child[]> {
  const [told, practices, left] = await Promise.all([
    api.get<Told>(`/api/practices/${practice}/custody`),
    api.get<readonly Named[]>("/api/practices"),
    handedOnBy(practice),
  ]);
  const place: Place = { keyring, practice, reload };
  const manages = roles.includes("manager");
  const others = all.filter((one) => one.practice !== practice);
  return [
    manages ? el("a", { class: "back", href: `/practice#${practice}` }, icon("arrow-left"), tc("back")) : null,
    el("p", { class: "lead" }, tc("lead")),
    others.length > 0 ? el("nav", { class: "actions", "aria-label": tc("others") }, el("strong", null, name), others.map((one) => el("a", { class: "button quiet", href: `#${one.practice}`, onclick: () => { setTimeout(reload); } }, one.name))) : null,
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
      reload();
    } catch (error) {
      fill(trouble, failureOf(error));
    }
  };
  return el("div", { class: "stack tight" }, el("div", { class: "actions" }, pressed), trouble);
}

function section(id: string, heading: string, ...children: Child[]): HTMLElement {
  return el("section", { class: "stack near", "aria-labelledby": id }, el("h2", { id }, heading), ...children);
}
