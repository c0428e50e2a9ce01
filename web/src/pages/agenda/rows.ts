/** Rows of the agenda: appointments, dates that wait for an answer, patients. No name stands here until it is asked for. */

import { button, clockTime, confirmInPlace, dayInWords, el, failureOf, fill, tag, toast, whileBusy, type Child } from "../../face";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { tg } from "../../words/agenda";
import { act } from "../desk/acts";
import { nameButton } from "../desk/consultation-row";
import { isOfDay } from "../patient/appointment-times";
import { nameOf, type Named, type Practitioner } from "../patient/api";
import { offerForm } from "./offering";

interface Dated {
  readonly id: string;
  readonly practitioner: Named | null;
  readonly file: string;
  readonly starts_at: string;
  readonly ends_at: string;
}

export interface Appointment extends Dated {
  readonly state: "booked" | "waiting" | "taken";
}

export interface Offered extends Dated {
  readonly moves: string | null;
}

export interface Patient {
  readonly file: string;
  readonly patient: string;
  readonly last: string | null;
}

export interface Place {
  readonly keyring: Keyring;
  readonly practice: string;
  readonly practitioners: readonly Practitioner[];
  readonly keeps: boolean;
  readonly reload: () => void;
}

export function appointmentRow(one: Appointment, place: Place): HTMLElement {
  const [below, trouble] = [el("div"), el("div")];
  const isMine = one.practitioner?.person === place.keyring.person;
  const cancel = button(tg("cancel"), () => {
    void confirmInPlace(cancel, { question: tg("cancel-ask"), yes: tg("cancel-yes") }).then((isSure) => {
      if (isSure) void press(cancel, trouble, place, async () => { await act(place.keyring, "cancel", one.id); toast(tg("cancelled")); });
    });
  }, "quiet", "x");
  const move = button(tg("move"), () => {
    fill(below, offerForm({ ...asked(one.file, place), practitioner: one.practitioner?.person ?? "", moves: one }, place.reload, () => { fill(below); move.focus(); }));
  }, "quiet", "calendar-clock");
  const mark = tag(tg(`state.${one.state}`), one.state === "booked" ? undefined : "action");
  const ways = one.state === "booked" ? [isMine && isOfDay(one, Date.now()) ? readButton(one, place, below) : null, move, cancel] : isMine ? [el("a", { class: "button", href: one.state === "taken" ? `/desk/${one.id}` : "/desk" }, tg(one.state === "taken" ? "go-on" : "to-queue"))] : [];
  return dated(one, place, mark, ways, trouble, below);
}

export function offerRow(one: Offered, place: Place): HTMLElement {
  const trouble = el("div");
  const back = button(tg("withdraw"), () => void press(back, trouble, place, async () => { await api.post(`/api/offers/${one.id}/withdraw`); toast(tg("withdrawn")); }), "quiet", "undo-2");
  return dated(one, place, tag(tg(one.moves ? "state.moving" : "state.offered"), "caution"), [back], trouble);
}

export function patientRow(one: Patient, place: Place): HTMLElement {
  const [who, trouble, below] = [el("small"), el("div"), el("div")];
  const chosen = place.practitioners.find((p) => p.person === place.keyring.person) ?? place.practitioners[0];
  const offer = button(tg("offer"), () => {
    fill(below, offerForm({ ...asked(one.file, place), practitioner: chosen?.person ?? "" }, place.reload, () => { fill(below); offer.focus(); }));
  }, "second", "calendar-clock");
  const last = one.last ? tg("last", { day: dayInWords(one.last) }) : tg("never");
  return el("li", null, el("div", { class: "row" }, el("span", { class: "row-text" }, el("strong", null, last), who), nameButton(place.keyring, one.file, who, trouble), offer), trouble, below);
}

function asked(file: string, place: Place): { practice: string; file: string; practitioners: readonly Practitioner[] } {
  return { practice: place.practice, file, practitioners: place.keeps ? place.practitioners : place.practitioners.filter((one) => one.person === place.keyring.person) };
}

function dated(one: Dated, place: Place, mark: Child, ways: readonly Child[], ...below: readonly Child[]): HTMLElement {
  const [who, trouble] = [el("small"), el("div")];
  const times = `${clockTime(one.starts_at)} – ${clockTime(one.ends_at)}`;
  const whom = place.keeps && one.practitioner ? el("small", null, nameOf(one.practitioner)) : null;
  return el("li", { class: "stack tight" }, el("div", { class: "row" }, el("span", { class: "row-text" }, el("strong", null, times), whom, who), mark), trouble, el("div", { class: "actions" }, nameButton(place.keyring, one.file, who, trouble), ways), below);
}

/** What she prepared, and taking her in: the vault opens it from twelve hours before. */
function readButton(one: Appointment, place: Place, below: HTMLElement): HTMLElement {
  const read = button(tg("read"), () => void whileBusy(read, async () => {
    const { showRequest } = await import("../desk/request-view");
    const [request, trouble] = [el("div"), el("div")];
    const take = button(tg("take"), () => void press(take, trouble, null, async () => {
      await act(place.keyring, "take", one.id);
      location.assign(`/desk/${one.id}`);
      await new Promise(() => undefined); // the page is leaving: the button stays as it is
    }), "", "user-check");
    fill(below, el("div", { class: "stack near" }, request, trouble, el("div", { class: "actions" }, take)));
    await showRequest(request, place.keyring, { consultation: one.id, file: one.file }, "care");
  }), "quiet", "mail-open");
  return read;
}

async function press(pressed: HTMLButtonElement, trouble: HTMLElement, place: Place | null, work: () => Promise<void>): Promise<void> {
  fill(trouble);
  try {
    await whileBusy(pressed, work);
    place?.reload();
  } catch (error) {
    fill(trouble, failureOf(error));
  }
}
