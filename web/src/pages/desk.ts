/** /desk: who waits, whom I have, whom I had. */

import { dayAndTime, el, empty, failureOf, fill, need, startShell, t, tag, toast, whileWaiting, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { membershipsAs, type Membership } from "./desk/membership";
import { Queue } from "./desk/queue";
import type { Summary } from "./patient/api";

const place = need("#page");

startShell();
const keyring = await requireKeyring();
await show();

async function show(): Promise<void> {
  const title = el("h1", null, t("desk.title"));
  try {
    const { confirmed, waiting } = await whileWaiting(place, membershipsAs("practitioner"));
    const membership = confirmed.find((one) => one.practice === location.hash.slice(1)) ?? confirmed[0];
    if (!membership) {
      fill(place, title, waiting.length > 0 ? empty(t("desk.unconfirmed"), t("desk.unconfirmed-text", { practice: waiting[0]?.name ?? "" })) : empty(t("desk.no-practice"), t("desk.no-practice-text")));
      return;
    }
    const mine = await api.get<readonly Summary[]>(`/api/consultations?practice=${membership.practice}`);
    const taken = mine.filter((one) => one.state === "taken");
    const past = mine.filter((one) => one.state === "closed");
    fill(
      place,
      el("div", { class: "stack" }, title, others(membership, confirmed), duty(membership), taken.length > 0 ? current(taken) : null, new Queue(keyring, membership.practice).element, past.length > 0 ? recent(past) : null),
    );
  } catch (error) {
    fill(place, title, failureOf(error, "", () => void show()));
  }
}

function others(chosen: Membership, all: readonly Membership[]): Child {
  if (all.length < 2) return null;
  const links = all.filter((one) => one !== chosen).map((one) => el("a", { class: "button quiet", href: `#${one.practice}`, onclick: () => { setTimeout(() => void show()); } }, one.name));
  return el("nav", { class: "actions", "aria-label": t("desk.other-practices") }, el("strong", null, chosen.name), links);
}

/** On duty, patients may choose me, and estimates count me. */
function duty(membership: Membership): HTMLElement {
  let isOn = membership.on_duty;
  const words = el("span");
  const draw = (): void => {
    control.setAttribute("aria-checked", String(isOn));
    words.textContent = t(isOn ? "desk.duty-on" : "desk.duty-off");
  };
  const control = el("button", { type: "button", role: "switch", class: "switch", onclick: () => void turn() }, el("span", { class: "switch-knob", "aria-hidden": "true" }), words);
  const turn = async (): Promise<void> => {
    const wanted = !isOn;
    isOn = wanted;
    draw();
    try {
      await api.post("/api/duty", { practice: membership.practice, on: wanted });
    } catch {
      isOn = !wanted;
      draw();
      toast(t("desk.duty-failed"));
    }
  };
  draw();
  return el("div", { class: "row" }, control, el("small", { class: "quiet-text" }, t("desk.duty-what")));
}

function current(taken: readonly Summary[]): HTMLElement {
  return section("current-title", t("desk.current"), taken.map((one) => row(one, t("desk.since", { when: dayAndTime(one.taken_at ?? one.created_at) }), tag(t("desk.state.taken"), "action"))));
}

function recent(past: readonly Summary[]): HTMLElement {
  return section("recent-title", t("desk.recent"), past.slice(0, 30).map((one) => row(one, t("desk.closed-at", { when: dayAndTime(one.closed_at ?? one.created_at) }), tag(t("desk.state.closed")))));
}

function row(one: Summary, told: string, mark: HTMLElement): HTMLElement {
  return el("li", null, el("a", { class: "row", href: `/desk/${one.id}` }, el("span", { class: "row-text" }, el("strong", null, told)), mark));
}

function section(id: string, heading: string, rows: readonly HTMLElement[]): HTMLElement {
  return el("section", { class: "stack near", "aria-labelledby": id }, el("h2", { id }, heading), el("ul", { class: "rows" }, rows));
}
