/** `/practice`: the manager's page. Who is in, who waits, who is invited, who has started again. */

import { newRecoveryCode } from "../crypto";
import { dayInWords, el, failureOf, fill, need, notice, startShell, t, toast, whileWaiting, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { erasuresToSign } from "./accounts/erasures-to-sign";
import { actButton } from "./accounts/form";
import { inviteForm } from "./accounts/invite-form";
import type { Role } from "./accounts/invitation";
import { memberRow, waitingRow } from "./accounts/member-rows";
import { changeSheet, endMember, renewPractice, renewQuietly, type Invited, type Members } from "./accounts/practice-keys";
import { listReturning, type Returning } from "./accounts/returns";
import { proven, provenFailure } from "./accounts/proof";
import { showPracticeSheet } from "./accounts/recovery-sheet";
import { reopeningNotice } from "./accounts/reopening-notice";
import { returningRow } from "./accounts/returning-rows";
import { roleNames } from "./accounts/roles";
import { Steps } from "./accounts/steps";

interface Membership {
  readonly practice: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly confirmed: boolean;
  readonly erasures_to_sign: number;
}

startShell();

const mount = need("#steps");
const keyring = await requireKeyring();
void load();

async function load(): Promise<void> {
  try {
    await whileWaiting(mount, showChosen());
  } catch (error) {
    fill(mount, failureOf(error, undefined, () => void load()));
  }
}

async function showChosen(): Promise<void> {
  const { memberships } = await api.get<{ memberships: Membership[] }>("/api/session");
  const mine = memberships.filter((one) => one.confirmed && one.roles.includes("manager"));
  const chosen = mine.find((one) => one.practice === location.hash.slice(1)) ?? mine[0];
  if (chosen) await show(chosen, mine);
  else fill(mount, el("h1", null, t("accounts.practice.none")), el("p", null, t("accounts.practice.none-what")));
}

async function show(membership: Membership, all: readonly Membership[]): Promise<void> {
  const { practice } = membership;
  const [first, returning] = await Promise.all([
    api.get<Members>(`/api/practices/${practice}/members`),
    listReturning(practice).catch((): readonly Returning[] => []),
  ]);
  const isRenewed = first.needs_generation && (await renewQuietly(keyring, practice));
  const [words, erasing, custody, archive] = [el("div"), el("div"), el("div", { class: "said-first" }), el("div")];
  const told = { ...first, needs_generation: first.needs_generation && !isRenewed };
  fill(
    mount,
    el("h1", null, membership.name),
    el("nav", { class: "actions" }, el("a", { class: "button second", href: `/practice/budgets#${practice}` }, t("accounts.practice.budgets")), el("a", { class: "button second", href: `/practice/rota#${practice}` }, t("accounts.practice.rota")), el("a", { class: "button second", href: `/practice/erasing#${practice}` }, t("accounts.practice.erasing")), el("a", { class: "button second", href: `/practice/custody#${practice}` }, t("accounts.practice.custody"))),
    told.to_sign > 0 ? notice("action", el("a", { href: `/practice/budgets#${practice}` }, t("accounts.practice.to-sign", { n: told.to_sign }))) : null,
    erasuresToSign(membership),
    el("div", { "aria-live": "polite" }, custody, archive),
    all.length > 1 ? others(membership, all) : null,
    told.reopenings.map((one) => reopeningNotice(keyring, practice, one, reload)),
    told.needs_generation ? renewal(practice) : null,
    erasing,
    told.waiting.length > 0 ? section(t("accounts.practice.waiting"), told.waiting.map((one) => waitingRow(keyring, practice, one, reload))) : null,
    section(t("accounts.practice.members"), told.members.map((one) => memberRow(keyring, practice, one, leave, reload))),
    told.invited.length > 0 ? section(t("accounts.practice.invited"), told.invited.map((one) => invitedRow(practice, one))) : null,
    el("section", { class: "stack near" }, el("h2", null, t("accounts.invite.title")), inviteForm(practice)),
    el(
      "section",
      { class: "stack near" },
      el("h2", null, t("accounts.returns.title")),
      el("p", { class: "quiet-text" }, t("accounts.returns.what")),
      returning.length > 0
        ? el("ul", { class: "rows" }, returning.map((one) => returningRow(keyring, one, reload)))
        : el("p", null, t("accounts.returns.none")),
    ),
    sheetSection(membership, told.has_sheet),
    words,
  );
  void import("./accounts/archive-notice").then(({ showArchive }) => showArchive(archive, keyring, membership));
  void import("./accounts/custody-to-do").then(async ({ custodyToDo }) => { fill(custody, ...(await custodyToDo(practice))); }).catch(() => undefined);
  // Few look, and it asks the ledger: it comes when the rest is there.
  void import("./accounts/erasing-rows").then(async ({ erasingRows }) => { fill(erasing, await erasingRows(keyring, practice, reload)); }).catch((error: unknown) => { fill(erasing, failureOf(error)); });
  void import("./accounts/practice-words").then(async ({ practiceWords }) => { fill(words, await practiceWords(practice)); });

  async function leave(person: string): Promise<void> {
    await endMember(keyring, practice, person);
    // What is sealed from now on must not open with the seed that the leaver has seen.
    if (person !== keyring.person) await renewPractice(keyring, practice);
    reload();
  }
}

function reload(): void {
  void load();
}

function section(heading: string, rows: readonly HTMLElement[]): HTMLElement {
  return el("section", { class: "stack near" }, el("h2", null, heading), el("ul", { class: "rows" }, rows));
}

function others(current: Membership, all: readonly Membership[]): Child {
  const links = all.filter((one) => one !== current).map((one) =>
    el("a", { class: "button quiet", href: `#${one.practice}`, onclick: () => { setTimeout(reload); } }, one.name),
  );
  return el("nav", { class: "actions", "aria-label": t("accounts.practice.others") }, links);
}

/** This browser came next after a departure, and the new key could not be made: what is wrong is shown when it is tried again. */
function renewal(practice: string): HTMLElement {
  const renew = async (): Promise<void> => {
    await renewPractice(keyring, practice);
    toast(t("accounts.practice.renewed"));
    reload();
  };
  return el("section", { class: "stack near" }, el("h2", null, t("accounts.practice.renew")), el("p", null, t("accounts.practice.renew-what")), actButton(t("accounts.practice.renew-button"), renew));
}

/** Another sheet: the one before was lost, was seen by somebody, or is from before sheets could open a practice again. */
function sheetSection(membership: Membership, hasSheet: boolean): HTMLElement {
  const print = async (): Promise<void> => {
    // The proof is asked for before the sheet is copied out, not after.
    await proven(() => api.post("/api/passkeys/options"));
    const code = newRecoveryCode();
    const done = async (): Promise<void> => {
      await changeSheet(keyring, membership.practice, code);
      toast(t("accounts.practice.sheet-done"));
      reload();
    };
    await showPracticeSheet(new Steps(mount), membership.name, code, done);
  };
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, t("accounts.first.sheet")),
    hasSheet ? null : notice("caution", t("accounts.practice.sheet-none")),
    el("p", { class: "quiet-text" }, t("accounts.practice.sheet-what")),
    actButton(t("accounts.practice.sheet-new"), print, { kind: "quiet", icon: "printer", failed: provenFailure }),
  );
}

function invitedRow(practice: string, invited: Invited): HTMLElement {
  const withdraw = async (): Promise<void> => {
    await api.post(`/api/practices/${practice}/invitations/withdraw`, { invitation: invited.id });
    toast(t("accounts.practice.withdrawn"));
    reload();
  };
  const name = `${invited.given} ${invited.family}`;
  const until = t("accounts.practice.until", { roles: roleNames(invited.roles), when: dayInWords(invited.expires_at) });
  return el("li", null, el("div", { class: "row" }, el("div", { class: "row-text" }, el("span", null, name), el("small", null, until)), actButton(t("accounts.practice.withdraw"), withdraw, { kind: "quiet", icon: "x" })));
}
