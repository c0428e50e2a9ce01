/** What waits for a second manager's signature: what it is, from whom, until when; to sign, to decline, or to take back. */

import { dayAndTime, el, notice, toast } from "../../face";
import { tb } from "../../words/budgets";
import { actButton } from "../accounts/form";
import { provenFailure } from "../accounts/proof";
import { agree, declineButton, type Together, type Waiting } from "../accounts/together";
import { readAgreement, type Agreement, type Role } from "./agreement";
import { purposeName, roleOf } from "./names";
import { WINDOWS, type Windows } from "./standing";

export interface Place extends Together {
  readonly practice: string;
  readonly nameOf: (person: string) => string;
  /** What a role may open now; null where the vault tells of nobody in it. */
  readonly present: (role: Role) => Windows | null;
  readonly reload: () => void;
}

export function waitingRow(waiting: Waiting, place: Place): HTMLElement {
  const sendAway = (label: "decline" | "take-back"): HTMLElement => declineButton(place, [waiting], { label: tb(label), done: tb("declined") }, place.reload);
  let agreement: Agreement;
  try {
    agreement = readAgreement(waiting.statement, place.practice);
  } catch {
    return el("li", null, notice("harm", tb("odd")), sendAway("decline"));
  }
  const isOwn = agreement.by === place.keyring.person;
  const sign = async (): Promise<void> => {
    await agree(place, waiting);
    toast(tb("signed"));
    place.reload();
  };
  return el(
    "li",
    { class: "stack near" },
    el("h3", null, agreement.kind === "capacity" ? tb("capacity-of", { role: roleOf(agreement.role) }) : tb("quota-of", { name: place.nameOf(agreement.member) })),
    facts(agreement, place),
    el("p", { class: "quiet-text" }, tb("asked", { name: isOwn ? tb("you") : place.nameOf(agreement.by), when: dayAndTime(agreement.until) })),
    isOwn ? el("p", null, tb("own-what")) : el("p", null, tb("check", { name: place.nameOf(agreement.by) })),
    isOwn ? null : actButton(tb("sign"), sign, { icon: "user-check", failed: provenFailure }),
    sendAway(isOwn ? "take-back" : "decline"),
  );
}

/** A limit stands beside the present one: what would change is what is signed. */
function facts(agreement: Agreement, place: Place): HTMLElement {
  const present = agreement.kind === "capacity" ? place.present(agreement.role) : null;
  const rows: [string, string][] =
    agreement.kind === "capacity"
      ? WINDOWS.map((window) => [tb(window), present ? tb("at-most-now", { n: agreement.capacity[window], now: present[window] }) : tb("at-most", { n: agreement.capacity[window] })])
      : [
          [tb("purpose"), purposeName(agreement.purpose)],
          [tb("records"), tb("at-most", { n: agreement.records })],
          [tb("ends"), dayAndTime(agreement.endsAt)],
        ];
  return el("dl", { class: "budget-windows" }, rows.map(([term, value]) => el("div", { class: "budget-window" }, el("dt", null, term), el("dd", null, value))));
}
