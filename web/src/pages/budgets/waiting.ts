/** What waits for a second manager's signature: what it is, from whom, until when; to sign, to decline, or to take back. */

import { dayAndTime, el, notice, toast } from "../../face";
import type { Dsse } from "../../crypto";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { tb } from "../../words/budgets";
import { actButton } from "../accounts/form";
import { proven, provenFailure } from "../accounts/proof";
import { readAgreement, type Agreement, type Role } from "./agreement";
import { purposeName, roleOf } from "./names";
import { WINDOWS, type Windows } from "./standing";

export interface Waiting {
  readonly id: string;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly statement: Dsse;
}

export interface Place {
  readonly keyring: Keyring;
  readonly practice: string;
  readonly nameOf: (person: string) => string;
  /** What a role may open now; null where the vault tells of nobody in it. */
  readonly present: (role: Role) => Windows | null;
  readonly reload: () => void;
}

export function waitingRow(waiting: Waiting, place: Place): HTMLElement {
  let agreement: Agreement;
  try {
    agreement = readAgreement(waiting.statement, place.practice);
  } catch {
    return el("li", null, notice("harm", tb("odd")), declineButton(waiting, place, tb("decline")));
  }
  const isOwn = agreement.by === place.keyring.person;
  const sign = async (): Promise<void> => {
    const statement = await place.keyring.agree(waiting.statement);
    await proven(() => api.post(`/api/practices/${place.practice}/agreements/sign`, { agreement: waiting.id, statement }));
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
    declineButton(waiting, place, tb(isOwn ? "take-back" : "decline")),
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

function declineButton(waiting: Waiting, { practice, reload }: Place, label: string): HTMLElement {
  const decline = async (): Promise<void> => {
    await api.post(`/api/practices/${practice}/agreements/decline`, { agreement: waiting.id });
    toast(tb("declined"));
    reload();
  };
  return actButton(label, decline, { kind: "quiet", icon: "x" });
}
