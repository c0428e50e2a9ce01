/** A patient's dates: what a practice offers, to accept or decline, and what is agreed, to prepare, come to or cancel. */

import { clockTime, confirmInPlace, dayAndTime, el, failureOf, fill, tag, toast, whileBusy, button, t, type Child } from "../../face";
import { requireKeyring } from "../../keys";
import { api } from "../../net";
import { createRecord } from "../../records";
import { askOnce } from "../../vault";
import { ta } from "../../words/appointments";
import { phaseOf } from "./appointment-times";
import { nameOf, type Consultation, type Named, type Summary } from "./api";

export interface Offer {
  readonly id: string;
  readonly practice: { readonly id: string; readonly name: string };
  readonly practitioner: Named | null;
  readonly file: string;
  readonly starts_at: string;
  readonly ends_at: string;
  /** The appointment that it would move, which stands until then. */
  readonly moves: string | null;
}

/** The consultation that was made for an offer whose acceptance had no answer: pressed again, it is the same one. */
const begun = new Map<string, string>();

export function appointments(booked: readonly Summary[], offers: readonly Offer[], reload: () => void): HTMLElement {
  const rows = [...offers.map((one) => offerRow(one, reload)), ...inOrder(booked).map((one) => bookedRow(one, reload))];
  return el("section", { class: "stack near" }, el("h2", null, ta("title")), el("ul", { class: "rows", role: "list" }, rows));
}

function inOrder(booked: readonly Summary[]): Summary[] {
  return [...booked].sort((a, b) => (a.starts_at ?? "").localeCompare(b.starts_at ?? ""));
}

function offerRow(one: Offer, reload: () => void): HTMLElement {
  const trouble = el("div");
  const yes = button(ta("accept"), () => void press(yes, trouble, reload, async () => { await accept(one); toast(ta("accepted")); }), "", "check");
  const no = button(ta("decline"), () => void press(no, trouble, reload, async () => { await api.post(`/api/offers/${one.id}/decline`); toast(ta("declined")); }), "second");
  return row(one, tag(ta("offered"), "caution"), el("p", null, ta(one.moves ? "offer-moves" : "offer-what")), trouble, el("div", { class: "actions" }, yes, no));
}

function bookedRow(one: Summary, reload: () => void): HTMLElement {
  const at = { starts_at: one.starts_at ?? one.created_at, ends_at: one.ends_at ?? one.created_at };
  const phase = phaseOf(at, Date.now());
  const trouble = el("div");
  const cancel = button(ta("cancel"), () => {
    void confirmInPlace(cancel, { question: ta("cancel-ask"), yes: ta("cancel-yes") }).then((isSure) => {
      if (isSure) void press(cancel, trouble, reload, async () => { await cancelOwn(one.id); toast(ta("cancelled")); });
    });
  }, "quiet", "x");
  const go = phase === "missed" ? null : el("a", { class: phase === "now" ? "button" : "button second", href: `/request/new?appointment=${one.id}` }, ta(`go-${phase}`));
  return row({ ...at, practice: one.practice, practitioner: one.wished }, tag(t("patient.state.booked"), phase === "missed" ? undefined : "action"), el("p", null, ta(`next-${phase}`)), trouble, el("div", { class: "actions" }, go, cancel));
}

function row(one: Pick<Offer, "practice" | "practitioner" | "starts_at" | "ends_at">, mark: Child, ...below: readonly Child[]): HTMLElement {
  const who = one.practitioner ? ta("with", { who: nameOf(one.practitioner) }) : one.practice.name;
  const when = ta("when", { when: dayAndTime(one.starts_at), until: clockTime(one.ends_at) });
  return el("li", { class: "stack near" }, el("div", { class: "row" }, el("div", { class: "row-text" }, el("strong", null, when), el("small", null, who), el("small", null, one.practice.name)), mark), below);
}

async function press(pressed: HTMLButtonElement, trouble: HTMLElement, reload: () => void, work: () => Promise<void>): Promise<void> {
  fill(trouble);
  try {
    await whileBusy(pressed, work);
    reload();
  } catch (error) {
    fill(trouble, failureOf(error));
  }
}

/** Her device makes the consultation and says when and with whom: nobody else's word would open anything of it. */
async function accept(one: Offer): Promise<void> {
  const keyring = await requireKeyring();
  const practitioner = one.practitioner?.person ?? "";
  const consultation = one.moves ?? begun.get(one.id) ?? (await createRecord(keyring, { kind: "consultation", practice: one.practice.id, file: one.file, practitioner }));
  begun.set(one.id, consultation);
  const fields = { record: consultation, practice: one.practice.id, practitioner, starts_at: one.starts_at, ends_at: one.ends_at };
  await askOnce<Consultation>(one.id, `/api/offers/${one.id}/accept`, () => keyring.sign("appointment", fields), (statement) => ({ consultation, statement }));
}

async function cancelOwn(consultation: string): Promise<void> {
  const keyring = await requireKeyring();
  await askOnce<Consultation>(`cancel ${consultation}`, `/api/consultations/${consultation}/cancel`, () => keyring.sign("cancel", { record: consultation }), (statement) => ({ statement }));
}
