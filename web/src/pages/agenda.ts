/** /agenda: the week of a practitioner, or of everybody for who keeps the agenda, and the patients to whom a date can be offered. */

import { dayInWords, dayKey, el, empty, need, startShell, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { tg } from "../words/agenda";
import { appointmentRow, offerRow, patientRow, type Appointment, type Offered, type Patient, type Place } from "./agenda/rows";
import { daysOf, mondayOf, onDay } from "./agenda/week";
import { weeksBar } from "./agenda/weeks";
import type { Membership } from "./desk/membership";
import { startPracticePage } from "./desk/practice-page";
import { getPractice } from "./patient/api";

interface Agenda {
  readonly keeps: boolean;
  readonly appointments: readonly Appointment[];
  readonly offers: readonly Offered[];
  readonly patients: readonly Patient[];
}

let weeks = 0;

startShell();
const keyring = await requireKeyring();
const again = await startPracticePage(need("#page"), {
  title: tg("title"),
  nowhere: [tg("none-title"), tg("none-what")],
  roles: ["practitioner", "secretary", "manager"],
  others: tg("others"),
  contents: weekOf,
});

async function weekOf({ practice }: Membership, others: HTMLElement | null): Promise<Child[]> {
  const days = daysOf(mondayOf(new Date(), weeks));
  const until = daysOf(mondayOf(new Date(), weeks + 1))[0] as Date;
  const [agenda, { practitioners }] = await Promise.all([
    api.get<Agenda>(`/api/practices/${practice}/agenda?from=${days[0]?.toISOString() ?? ""}&to=${until.toISOString()}`),
    getPractice(practice),
  ]);
  const place: Place = { keyring, practice, practitioners, keeps: agenda.keeps, reload: () => void again() };
  const isEmpty = agenda.appointments.length + agenda.offers.length === 0;
  return [
    el("p", { class: "lead" }, tg(agenda.keeps ? "lead-keeps" : "lead")),
    others,
    el("p", null, el("a", { href: `/practice/rota#${practice}` }, tg("rota"))),
    weeksBar(weeks, (next) => { weeks = next(weeks); void again(); }),
    isEmpty ? empty(tg("empty"), tg("empty-what")) : el("div", { class: "agenda-days" }, days.map((day) => dayOf(day, agenda, place))),
    el("section", { class: "stack near", "aria-labelledby": "patients" }, el("h2", { id: "patients" }, tg("patients")), el("p", { class: "quiet-text" }, tg("patients-what")), patients(agenda.patients, place)),
  ];
}

function dayOf(day: Date, { appointments, offers }: Agenda, place: Place): HTMLElement {
  const rows = [...onDay(appointments, day).map((one) => ({ at: one.starts_at, row: appointmentRow(one, place) })), ...onDay(offers, day).map((one) => ({ at: one.starts_at, row: offerRow(one, place) }))];
  rows.sort((a, b) => a.at.localeCompare(b.at));
  const isToday = dayKey(day) === dayKey(new Date());
  return el("section", { class: "agenda-day stack tight", "data-empty": rows.length === 0 ? "" : undefined }, el("h2", null, dayInWords(day), isToday ? el("small", null, ` ${tg("today")}`) : null), rows.length > 0 ? el("ul", { class: "rows" }, rows.map((one) => one.row)) : el("p", { class: "quiet-text" }, tg("nothing")));
}

function patients(all: readonly Patient[], place: Place): Child {
  return all.length > 0 ? el("ul", { class: "rows" }, all.map((one) => patientRow(one, place))) : empty(tg("no-patients"), tg("no-patients-what"));
}
