/** `/practice/budgets`: the manager's page of limits. How far each member is from theirs, and what is usual in the practice. */

import { capital, el, empty, icon, need, startShell, type Child } from "../face";
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
import type { Membership } from "./desk/membership";
import { startPracticePage } from "./desk/practice-page";

startShell();
const keyring = await requireKeyring();
const again = await startPracticePage(need("#page"), {
  title: tb("title"),
  nowhere: [tb("none-title"), tb("none-what")],
  roles: ["manager"],
  others: tb("others"),
  contents: pageOf,
});

async function pageOf({ practice, name }: Membership, others: HTMLElement | null): Promise<Child[]> {
  const path = `/api/practices/${practice}/agreements`;
  const [standing, { members }, waiting] = await Promise.all([
    standingOf(keyring, practice),
    api.get<Members>(`/api/practices/${practice}/members`),
    api.get<readonly Waiting[]>(path),
  ]);
  const names = new Map(members.map((one) => [one.person, `${one.given} ${one.family}`]));
  const nameOf = (person: string): string => names.get(person) ?? tb("some-member");
  const here: Place = { keyring, path, practice, nameOf, present: (role) => capacityNow(standing, role), reload: () => void again() };
  const managers = members.filter((one) => one.roles.includes("manager"));
  const scale = Math.max(...standing.members.flatMap((one) => one.days), 0);
  return [
    el("a", { class: "back", href: `/practice#${practice}` }, icon("arrow-left"), tb("back")),
    el("p", { class: "lead" }, tb("lead")),
    others,
    waiting.length > 0 ? section(tb("waiting"), el("ul", { class: "rows" }, waiting.map((one) => waitingRow(one, here)))) : null,
    section(others ? name : tb("practice"), practiceRow(standing.practice)),
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
  const facts = tb("usual-role", { role: capital(word), median, busiest, n: seen });
  return el("p", null, facts, " ", proposed === null ? tb("usual-little") : tb("usual-proposed", { proposed }));
}

function section(heading: string, ...children: readonly Child[]): HTMLElement {
  return el("section", { class: "stack near" }, el("h2", null, heading), children);
}
