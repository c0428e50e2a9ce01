/** /practice/rota: a week's duty, absences and who stands in. Managers make and end them; a practitioner may note their own absence. */

import { clockTime, dayInWords, dayKey, el, need, startShell, toast, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { tr } from "../words/rota";
import { actButton } from "./accounts/form";
import { daysOf, mondayOf, onDay } from "./agenda/week";
import { weeksBar } from "./agenda/weeks";
import type { Membership } from "./desk/membership";
import { startPracticePage } from "./desk/practice-page";
import { getPractice, type Practitioner } from "./patient/api";
import { absenceForm, dutyForm, sayEntry, type Place } from "./rota/forms";

interface Duty {
  readonly entry: string;
  readonly member: string;
  readonly starts_at: string;
  readonly ends_at: string;
}

interface Absence extends Duty {
  readonly replacement: string | null;
}

interface Rota {
  readonly manages: boolean;
  readonly rota: readonly Duty[];
  readonly absences: readonly Absence[];
}

let weeks = 0;

startShell();
const keyring = await requireKeyring();
const again = await startPracticePage(need("#page"), {
  title: tr("title"),
  nowhere: [tr("none-title"), tr("none-what")],
  roles: ["manager", "practitioner", "secretary"],
  others: tr("others"),
  contents: pageOf,
});

async function pageOf({ practice, roles }: Membership, others: HTMLElement | null): Promise<Child[]> {
  const [told, { practitioners }] = await Promise.all([api.get<Rota>(`/api/practices/${practice}/rota`), getPractice(practice)]);
  const place: Place = { keyring, practice, practitioners, reload: () => void again() };
  const nameOf = (person: string): string => nameIn(practitioners, person);
  const mine = practitioners.filter((one) => one.person === keyring.person);
  return [
    el("p", { class: "lead" }, tr("lead")),
    others,
    el("section", { class: "stack near", "aria-labelledby": "duty" }, el("h2", { id: "duty" }, tr("duty")), el("p", { class: "quiet-text" }, tr(told.rota.length > 0 ? "duty-what" : "duty-none")), weekOf(told, place, nameOf), told.manages && practitioners.length > 0 ? el("details", null, el("summary", null, tr("duty-add")), dutyForm(place, daysOf(mondayOf(new Date(), weeks)))) : null),
    el("section", { class: "stack near", "aria-labelledby": "absences" }, el("h2", { id: "absences" }, tr("absences")), el("p", { class: "quiet-text" }, tr("absence-what")), absences(told, place, nameOf), told.manages || roles.includes("practitioner") ? el("details", null, el("summary", null, tr("absence-add")), absenceForm(place, told.manages ? practitioners : mine)) : null),
  ];
}

function weekOf({ rota, manages }: Rota, place: Place, nameOf: (person: string) => string): Child {
  const days = daysOf(mondayOf(new Date(), weeks));
  return [
    weeksBar(weeks, (next) => { weeks = next(weeks); void again(); }),
    el("div", { class: "agenda-days" }, days.map((day) => {
      const rows = onDay(rota, day);
      return el("section", { class: "agenda-day stack tight" }, el("h3", null, dayInWords(day)), rows.length > 0 ? el("ul", { class: "rows" }, rows.map((one) => dutyRow(one, manages, place, nameOf))) : el("p", { class: "quiet-text" }, tr("everyone")));
    })),
  ];
}

function dutyRow(one: Duty, manages: boolean, place: Place, nameOf: (person: string) => string): HTMLElement {
  const until = dayKey(one.starts_at) === dayKey(one.ends_at) ? clockTime(one.ends_at) : `${dayInWords(one.ends_at)}, ${clockTime(one.ends_at)}`;
  return el("li", null, el("div", { class: "row" }, el("span", { class: "row-text" }, el("strong", null, nameOf(one.member)), el("small", null, `${clockTime(one.starts_at)} – ${until}`)), manages ? endButton(one.entry, tr("take-off"), place) : null));
}

function absences({ absences: all, manages }: Rota, place: Place, nameOf: (person: string) => string): Child {
  if (all.length === 0) return el("p", null, tr("absence-none"));
  return el("ul", { class: "rows" }, all.map((one) => {
    // It ends with its last day: the midnight after is the next one's.
    const span = tr("from-to", { from: dayInWords(one.starts_at), to: dayInWords(Date.parse(one.ends_at) - 1) });
    const instead = one.replacement ? tr("replaced-by", { name: nameOf(one.replacement) }) : tr("replaced-none");
    const canEnd = manages && one.member !== place.keyring.person;
    return el("li", null, el("div", { class: "row" }, el("span", { class: "row-text" }, el("strong", null, nameOf(one.member)), el("small", null, span), el("small", null, instead)), canEnd ? endButton(one.entry, tr("end"), place) : null));
  }));
}

function endButton(entry: string, label: string, place: Place): HTMLElement {
  const end = async (): Promise<void> => {
    await sayEntry(place, "rota-end", { entry });
    toast(tr("ended"));
    place.reload();
  };
  return actButton(label, end, { kind: "quiet", icon: "x" });
}

function nameIn(practitioners: readonly Practitioner[], person: string): string {
  const found = practitioners.find((one) => one.person === person);
  return found ? `${found.given} ${found.family}` : tr("someone");
}
