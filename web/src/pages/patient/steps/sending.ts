/** The last two steps: what the call will need, and sending. */

import { announce, arrive, button, dayAndTime, el, failure, notice, sentenceOf, t, whileBusy } from "../../../face";
import { mountEquipment } from "../equipment";
import { ta } from "../../../words/appointments";
import { EARLY_MS } from "../appointment-times";
import type { Step } from "./step";

export const equipmentStep: Step = ({ draft, next }) => {
  const place = el("div");
  const element = el("div", { class: "stack" }, el("h1", null, t("patient.equipment.ask")), place);
  const { consultation } = draft();
  const check = consultation === null ? null : mountEquipment(place, consultation, next);
  return { element, button: "", destroy: () => check?.destroy() };
};

export const sendStep: Step = ({ draft, practice, store }) => {
  const trouble = el("div");
  const onDuty = practice?.practitioners.filter((one) => one.on_duty).length ?? 0;
  const { booked } = store;
  if (booked && Date.now() < Date.parse(booked.starts_at) - EARLY_MS) return { element: prepared(booked.starts_at), button: "" };
  const send = button(t("patient.send.button"), () => void whileBusy(send, go, t("patient.send.sending")), "", "send");
  const element = el(
    "div",
    { class: "stack" },
    el("h1", null, t("patient.send.ask")),
    trouble,
    el("p", null, t("patient.send.who-reads", { practice: practice?.name ?? "" })),
    onDuty > 0 ? el("p", null, t("patient.send.duty", { n: onDuty })) : notice("caution", t("patient.who.nobody")),
    el("p", null, t("patient.send.next")),
    el("div", { class: "actions way-on" }, send),
  );

  async function go(): Promise<void> {
    trouble.replaceChildren();
    try {
      await store.send(draft());
      announce(t("patient.wait.title"));
      location.assign(`/consultations/${draft().consultation ?? ""}`);
      await new Promise(() => undefined); // the page is leaving: the button stays as it is
    } catch (error) {
      trouble.replaceChildren(failure({ happened: t("patient.send.not-saved"), safe: sentenceOf(error), next: t("patient.send.not-saved-next"), tone: "caution" }));
      arrive(trouble);
    }
  }
  return { element, button: "" };
};

/** All is kept, sealed, and nothing is left to do before the day. */
function prepared(at: string): HTMLElement {
  const home = el("a", { class: "button", href: "/home" }, t("patient.home.title"));
  return el("div", { class: "stack" }, el("h1", null, ta("ready")), el("p", null, ta("ready-what", { when: dayAndTime(at) })), el("div", { class: "actions way-on" }, home));
}
