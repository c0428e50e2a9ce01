/** /home: my consultations, the current one first. */

import { capital, dayAndTime, dayInWords, el, empty, failureOf, fill, icon, need, startShell, t, tag, whileWaiting, type Child } from "../face";
import { api } from "../net";
import type { Offer } from "./patient/appointments";
import type { Told } from "./patient/custody";
import { listConsultations, nameOf, type State, type Summary } from "./patient/api";

const place = need("#page");
const CURRENT: ReadonlySet<State> = new Set(["draft", "waiting", "taken"]);

startShell();
const refusing = el("div", { class: "said-first", "aria-live": "polite" });
const going = el("div", { class: "said-first" });
place.before(refusing, going);
void import("./accounts/grants").then(({ showGrants }) => showGrants(refusing)).catch(() => undefined);
void tellOfCustody().catch(() => undefined);
await show();

/** Few have a file that goes to another practice: what tells of it, and seals its keys anew, is fetched then. */
async function tellOfCustody(): Promise<void> {
  const told = await api.get<Told>("/api/custody");
  if (told.going.length + told.to_seal === 0) return;
  await (await import("./patient/custody")).showCustody(going, told);
}

async function show(): Promise<void> {
  const title = el("h1", null, t("patient.home.title"));
  try {
    const [all, offers] = await whileWaiting(place, Promise.all([listConsultations(), api.get<readonly Offer[]>("/api/offers")]));
    const booked = all.filter((one) => one.state === "booked");
    const dates = booked.length + offers.length > 0 ? el("div") : null;
    fill(place, el("div", { class: "stack" }, title, dates, all.length === 0 ? nothing() : list(all.filter((one) => one.state !== "booked"))));
    // Few have a date ahead: what shows it is fetched then.
    if (dates) fill(dates, (await import("./patient/appointments")).appointments(booked, offers, () => void show()));
  } catch (error) {
    fill(place, el("div", { class: "stack" }, title, failureOf(error, "", () => void show())));
  }
}

function start(isSecond = false): HTMLElement {
  return el("a", { class: isSecond ? "button second" : "button", href: "/request/new" }, icon("plus"), t("patient.home.new"));
}

function nothing(): HTMLElement {
  return empty(t("patient.home.empty"), t("patient.home.empty-text"), start());
}

function list(all: readonly Summary[]): HTMLElement {
  const current = all.filter((one) => CURRENT.has(one.state));
  const past = all.filter((one) => !CURRENT.has(one.state));
  const hasDraft = current.some((one) => one.state === "draft");
  return el(
    "div",
    { class: "stack" },
    current.length > 0 ? section(t("patient.home.current"), current.map(nextStep)) : null,
    hasDraft ? null : el("div", { class: "actions" }, start(current.length > 0)),
    past.length > 0 ? section(t("patient.home.past"), past.map(row)) : null,
    el("section", { class: "stack tight" }, el("h2", null, el("a", { href: "/access" }, t("patient.access.title"))), el("p", { class: "quiet-text" }, t("patient.home.access-text"))),
  );
}

function section(heading: string, rows: readonly HTMLElement[]): Child {
  return el("section", { class: "stack near" }, el("h2", null, heading), el("ul", { class: "rows", role: "list" }, rows.map((one) => el("li", null, one))));
}

/** What is under way, with the one thing to do about it. */
function nextStep(one: Summary): HTMLElement {
  const { state } = one;
  if (state !== "draft" && state !== "waiting" && state !== "taken") return row(one);
  const href = state === "draft" ? "/request/new" : `/consultations/${one.id}`;
  const tone = state === "taken" ? "action" : "caution";
  return el(
    "div",
    { class: "stack near" },
    el("div", { class: "row" }, el("div", { class: "row-text" }, el("strong", null, headline(one)), el("small", null, one.practice.name), el("small", null, told(one))), tag(t(`patient.state.${state}`), tone)),
    state === "draft" ? null : el("p", null, t(`patient.home.next.${state}`)),
    el("div", { class: "actions" }, el("a", { class: "button", href }, t(`patient.home.go.${state}`))),
  );
}

function row(one: Summary): HTMLElement {
  return el(
    "a",
    { class: "row", href: `/consultations/${one.id}` },
    el("span", { class: "row-text" }, el("strong", null, headline(one)), el("small", null, one.practice.name), el("small", null, told(one))),
    tag(t(`patient.state.${one.state}`)),
  );
}

function headline(one: Summary): string {
  if (one.state === "draft") return t("patient.home.draft-title");
  const who = one.practitioner ?? one.wished;
  return capital(t("patient.home.with", { who: who ? nameOf(who) : t("patient.soonest") }));
}

function told(one: Summary): string {
  if (one.state !== "draft") return dayAndTime(one.closed_at ?? one.taken_at ?? one.requested_at ?? one.created_at);
  const until = one.expires_at ? ` ${t("patient.home.draft-until", { day: dayInWords(one.expires_at) })}` : "";
  return t("patient.home.draft", { when: dayAndTime(one.created_at) }) + until;
}
