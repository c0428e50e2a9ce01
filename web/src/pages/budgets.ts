/** `/practice/budgets`: the manager's page of limits. How far each member is from theirs, and what is usual in the practice. */

import { arrive, el, empty, failureOf, fill, icon, need, startShell, whileWaiting, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { tb } from "../words/budgets";
import type { Members } from "./accounts/practice-keys";
import { roleName } from "./accounts/roles";
import type { Waiting } from "./accounts/together";
import { capacityNow, proposals } from "./budgets/proposing";
import { memberRow, practiceRow, quotaRow } from "./budgets/rows";
import { standingOf, type MemberMeter, type Standing } from "./budgets/standing";
import { nearestFirst, usualOf } from "./budgets/usual";
import { waitingRow, type Place } from "./budgets/waiting";
import { membershipsAs, namedByAddress, type Membership } from "./desk/membership";

const place = need("#page");

startShell();
const keyring = await requireKeyring();
await show();

async function show(): Promise<void> {
  try {
    const { confirmed } = await whileWaiting(place, membershipsAs("manager"));
    const chosen = namedByAddress(confirmed);
    if (!chosen) fill(place, el("h1", null, tb("title")), empty(tb("none-title"), tb("none-what")));
    else fill(place, ...(await whileWaiting(place, pageOf(chosen, confirmed))));
    arrive(place);
  } catch (error) {
    fill(place, el("h1", null, tb("title")), failureOf(error, undefined, () => void show()));
  }
}

async function pageOf(membership: Membership, all: readonly Membership[]): Promise<Child[]> {
  const { practice, name } = membership;
  const path = `/api/practices/${practice}/agreements`;
  const [standing, { members }, waiting] = await Promise.all([
    standingOf(keyring, practice),
    api.get<Members>(`/api/practices/${practice}/members`),
    api.get<readonly Waiting[]>(path),
  ]);
  const names = new Map(members.map((one) => [one.person, `${one.given} ${one.family}`]));
  const nameOf = (person: string): string => names.get(person) ?? tb("some-member");
  const here: Place = { keyring, path, practice, nameOf, present: (role) => capacityNow(standing, role), reload: () => void show() };
  const managers = members.filter((one) => one.roles.includes("manager"));
  const scale = Math.max(...standing.members.flatMap((one) => one.days), 0);
  return [
    el("a", { class: "back", href: `/practice#${practice}` }, icon("arrow-left"), tb("back")),
    el("h1", null, tb("title")),
    el("p", { class: "lead" }, tb("lead")),
    all.length > 1 ? others(membership, all) : null,
    waiting.length > 0 ? section(tb("waiting"), el("ul", { class: "rows" }, waiting.map((one) => waitingRow(one, here)))) : null,
    section(all.length > 1 ? name : tb("practice"), practiceRow(standing.practice)),
    section(tb("members"), el("ul", { class: "rows" }, nearestFirst(standing.members).map((one) => memberRow(one, nameOf(one.person), scale)))),
    standing.quotas.length > 0 ? section(tb("quotas"), el("ul", { class: "rows" }, standing.quotas.map((one) => quotaRow(one, nameOf(one.person))))) : null,
    section(tb("usual"), usual(standing)),
    managers.length > 1 ? proposals(standing, here) : section(tb("propose"), el("p", null, tb("propose-alone"))),
    el("details", null, el("summary", null, tb("units")), el("p", null, tb("units-what")), el("p", null, tb("units-who"))),
  ];
}

function usual({ members }: Standing): Child {
  const roles = [...new Set(members.map((one) => one.role))];
  const told = roles.map((role) => usualOfRole(role, members)).filter((one) => one !== null);
  return told.length > 0 ? told : empty(tb("empty"), tb("empty-what"));
}

function usualOfRole(role: MemberMeter["role"], members: readonly MemberMeter[]): HTMLElement | null {
  const { seen, median, busiest, proposed } = usualOf(members.filter((one) => one.role === role));
  if (seen === 0) return null;
  const word = roleName(role);
  const facts = tb("usual-role", { role: word.charAt(0).toUpperCase() + word.slice(1), median, busiest, n: seen });
  return el("p", null, facts, " ", proposed === null ? tb("usual-little") : tb("usual-proposed", { proposed }));
}

function section(heading: string, ...children: readonly Child[]): HTMLElement {
  return el("section", { class: "stack near" }, el("h2", null, heading), children);
}

function others(current: Membership, all: readonly Membership[]): HTMLElement {
  const links = all.filter((one) => one !== current).map((one) => el("a", { class: "button quiet", href: `#${one.practice}`, onclick: () => { setTimeout(() => void show()); } }, one.name));
  return el("nav", { class: "actions" }, el("strong", null, current.name), links);
}
