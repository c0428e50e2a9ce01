/** `/practice/erasing`: records that two members have erased for a mistake or a court. Behind the `#`, a practice, or a record to propose. */

import { dayAndTime, dayInWords, el, icon, need, notice, startShell, toast, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { te } from "../words/erasing-by-two";
import { erasingRows } from "./accounts/erasing-rows";
import { actButton } from "./accounts/form";
import { provenFailure } from "./accounts/proof";
import { agree, declineButton, type Together } from "./accounts/together";
import type { Membership } from "./desk/membership";
import { startPracticePage } from "./desk/practice-page";
import { readProposals, type Listed, type Proposal } from "./erasing/proposal";
import { proposeForm, whichForm, type Erasable } from "./erasing/proposing";

interface Wanted {
  readonly practice: string;
  readonly records: readonly Erasable[];
}

const FOLLOWS = ["follows-wait", "follows-told", "follows-gone", "follows-law"] as const;
let wanted: Wanted | null = null;

startShell();
const keyring = await requireKeyring();
const again = await startPracticePage(need("#page"), {
  title: te("title"),
  nowhere: [te("none-title"), te("none-what")],
  roles: ["manager", "practitioner"],
  others: te("others"),
  choose,
  contents: pageOf,
});

async function choose(all: readonly Membership[]): Promise<Membership | undefined> {
  const named = location.hash.slice(1);
  const practice = all.find((one) => one.practice === named);
  wanted = practice || named === "" ? null : await api.get<Wanted>(`/api/records/${named}/erasure`);
  return practice ?? all.find((one) => one.practice === wanted?.practice) ?? all[0];
}

async function pageOf({ practice, roles }: Membership, others: HTMLElement | null): Promise<Child[]> {
  const together: Together = { keyring, path: `/api/practices/${practice}/erasures/proposed` };
  const listed = await api.get<readonly Listed[]>(together.path);
  const { proposals, odd } = readProposals(listed, practice);
  const [nameOf, decided] = await Promise.all([
    namesOf(proposals.map((one) => one.by)),
    erasingRows(keyring, practice, reload, (one) => one.not_before !== null),
  ]);
  const manages = roles.includes("manager");
  return [
    el("p", { class: "lead" }, te("lead")),
    others,
    el("section", { class: "stack near" }, el("h2", null, te("follows")), el("ul", null, FOLLOWS.map((one) => el("li", null, te(one))))),
    el(
      "section",
      { class: "stack near" },
      el("h2", null, te("waiting")),
      listed.length === 0 ? el("p", null, te("waiting-none")) : el("ul", { class: "rows" }, proposals.map((one) => proposalRow(one, together, nameOf)), odd.map((one) => oddRow(one, together))),
    ),
    decided,
    el("section", { class: "stack near" }, el("h2", null, te("propose")), manages ? await proposing(practice, wanted, together) : el("p", null, te("propose-who"))),
  ];
}

function proposalRow(proposal: Proposal, together: Together, nameOf: (person: string) => string): HTMLElement {
  const isOwn = proposal.by === keyring.person;
  const name = isOwn ? te("you") : nameOf(proposal.by);
  const sign = async (): Promise<void> => {
    for (const one of proposal.all) await agree(together, one);
    toast(te("signed"));
    reload();
  };
  return el(
    "li",
    { class: "stack near" },
    el("h3", null, te(`reason-${proposal.reason}`)),
    el("p", null, te("what", { n: proposal.all.length, when: dayInWords(proposal.notBefore) })),
    el("p", { class: "quiet-text" }, te("asked", { name, until: dayAndTime(proposal.until) })),
    el("p", null, el("a", { href: `/files/${proposal.file}` }, te("look"))),
    el("p", null, isOwn ? te("own") : te("check", { name })),
    isOwn ? null : actButton(te("sign"), sign, { kind: "harm", failed: provenFailure }),
    declineButton(together, proposal.all, { label: te(isOwn ? "take-back" : "decline"), done: te("declined") }, reload),
  );
}

function oddRow(one: Listed, together: Together): HTMLElement {
  return el("li", null, notice("harm", te("odd")), declineButton(together, [one], { label: te("decline"), done: te("declined") }, reload));
}

async function proposing(practice: string, wanted: Wanted | null, together: Together): Promise<Child> {
  const { members } = await api.get<{ members: readonly { person: string; roles: readonly string[] }[] }>(`/api/practices/${practice}/members`);
  const others = members.filter((one) => one.person !== keyring.person && one.roles.some((role) => role === "manager" || role === "practitioner"));
  if (others.length === 0) return el("p", null, te("propose-alone"));
  const go = (to: string): void => {
    history.replaceState(null, "", `#${to}`);
    reload();
  };
  if (wanted?.practice !== practice) return whichForm(go);
  return [
    proposeForm(wanted.records, practice, together, () => { go(practice); }),
    el("p", null, el("a", { class: "back", href: `#${practice}`, onclick: () => { setTimeout(reload); } }, icon("arrow-left"), te("another"))),
  ];
}

async function namesOf(people: readonly string[]): Promise<(person: string) => string> {
  const ids = [...new Set(people)].join(",");
  const told = await api.get<readonly { person: string; given: string; family: string }[]>(`/api/people?ids=${ids}`);
  const names = new Map(told.map((one) => [one.person, `${one.given} ${one.family}`]));
  return (person) => names.get(person) ?? te("some-member");
}

function reload(): void {
  void again();
}
