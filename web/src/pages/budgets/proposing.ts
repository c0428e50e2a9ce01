/** A manager proposes: another limit for a role, or bulk work for one member. Signed here; without a second manager nothing comes of it. */

import { el, fill, selectField, toast, type Child } from "../../face";
import { tb } from "../../words/budgets";
import { FieldError, form, type Values } from "../accounts/form";
import { NotProven, provenFailure } from "../accounts/proof";
import { fromNow, propose } from "../accounts/together";
import { oddWindow, PURPOSES, ROLES, type Role } from "./agreement";
import { purposeName, roleOf } from "./names";
import { WINDOWS, type MemberMeter, type Standing, type Windows } from "./standing";
import { usualOf } from "./usual";
import type { Place } from "./waiting";

const MOST_QUOTA = 1_000_000;
const MOST_DAYS = 30;

export function proposals(standing: Standing, place: Place): HTMLElement {
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, tb("propose")),
    el("p", { class: "quiet-text" }, tb("propose-what")),
    el("details", null, el("summary", null, tb("propose-capacity")), capacityForm(standing, place)),
    el("details", null, el("summary", null, tb("propose-quota")), quotaForm(standing, place)),
  );
}

/** What a role may open now. A limit that a step-up doubled for a day is told doubled. */
export function capacityNow(standing: Standing, role: Role): Windows | null {
  if (role === "practice") return standing.practice.capacity;
  const member = standing.members.find((one) => one.role === role);
  if (!member) return null;
  return member.stepped_up ? halved(member.capacity) : member.capacity;
}

function halved({ minute, hour, day, month }: Windows): Windows {
  return { minute: minute / 2, hour: hour / 2, day: day / 2, month: month / 2 };
}

function capacityForm(standing: Standing, place: Place): Child {
  const role = selectField(tb("role"), ROLES.map((one) => ({ value: one, label: roleOf(one) })));
  const hint = el("p", { class: "hint", "aria-live": "polite" });
  const built = sending(place, WINDOWS.map((window) => ({ name: window, label: tb(window), inputmode: "numeric" as const, isShort: true })), async (values) => {
    const capacity = Object.fromEntries(WINDOWS.map((window) => [window, wholeNumber(values[window])])) as unknown as Windows;
    const odd = oddWindow(capacity);
    if (odd) throw new FieldError(odd, tb("odd-window"));
    await propose(place, "capacity", { practice: place.practice, role: role.input.value, ...capacity });
  });
  const show = (): void => {
    const chosen = role.input.value as Role;
    const now = capacityNow(standing, chosen);
    for (const window of WINDOWS) {
      const input = built.form.elements.namedItem(window);
      if (input instanceof HTMLInputElement) input.value = now ? String(now[window]) : "";
    }
    hint.textContent = usualHint(standing, chosen);
  };
  role.input.addEventListener("change", show);
  show();
  return [role.element, hint, built.form, built.said];
}

function usualHint(standing: Standing, role: Role): string {
  const of = role === "practice" ? [standing.practice] : standing.members.filter((one: MemberMeter) => one.role === role);
  const { seen, median, busiest, proposed } = usualOf(of);
  if (seen === 0) return tb("days-none");
  return proposed === null ? tb("days-usual", { median, busiest }) : `${tb("days-usual", { median, busiest })} ${tb("usual-proposed", { proposed })}`;
}

function quotaForm(standing: Standing, place: Place): Child {
  const member = selectField(tb("member"), standing.members.map((one) => ({ value: one.person, label: place.nameOf(one.person) })));
  const purpose = selectField(tb("purpose"), PURPOSES.map((one) => ({ value: one, label: purposeName(one) })));
  const built = sending(
    place,
    [
      { name: "records", label: tb("records"), inputmode: "numeric", isShort: true },
      { name: "days", label: tb("days"), hint: tb("days-hint"), inputmode: "numeric", isShort: true },
    ],
    async (values) => {
      const [records, days] = [wholeNumber(values["records"]), wholeNumber(values["days"])];
      if (!(records >= 1 && records <= MOST_QUOTA)) throw new FieldError("records", tb("odd-records"));
      if (!(days >= 1 && days <= MOST_DAYS)) throw new FieldError("days", tb("odd-days"));
      const ends_at = fromNow(days * 24);
      await propose(place, "quota", { practice: place.practice, member: member.input.value, purpose: purpose.input.value, records, ends_at });
    },
  );
  return [el("p", null, tb("quota-what")), member.element, purpose.element, built.form, built.said];
}

function sending(place: Place, fields: Parameters<typeof form>[0]["fields"], send: (values: Values) => Promise<void>): { form: HTMLFormElement; said: HTMLElement } {
  const said = el("div", { role: "status" });
  const built = form({
    fields,
    submit: tb("send"),
    onSubmit: async (values) => {
      fill(said);
      try {
        await send(values);
        toast(tb("sent"));
        place.reload();
      } catch (error) {
        if (!(error instanceof NotProven)) throw error;
        fill(said, provenFailure(error));
      }
    },
  });
  return { form: built, said };
}

/** What was typed, spaces between thousands left out; NaN for what is no whole number. */
function wholeNumber(typed = ""): number {
  const digits = typed.replace(/\s/g, "");
  return /^\d{1,9}$/.test(digits) ? Number(digits) : Number.NaN;
}
