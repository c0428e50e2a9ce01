/** Consultations that did not take place: cancelled, refused, expired, not sent. Each says why and what to do. */

import { el, failureOf, fill, seal, t } from "../../face";
import type { Keyring } from "../../keys";
import { openCompartment } from "../../records";
import type { Consultation } from "./api";
import type { Side } from "./waiting-room";

export function over(consultation: Consultation, keyring: Keyring): Side {
  const element = el("div", { class: "stack" });
  switch (consultation.state) {
    case "refused":
      element.append(el("h1", null, t("patient.refused.title")), el("p", null, t("patient.refused.text")), wordOf(consultation, keyring, "refusal"), el("p", null, t("patient.refused.next")), again());
      break;
    case "cancelled":
      element.append(el("h1", null, t("patient.cancelled.title")), el("p", null, t("patient.cancelled.text")), again());
      break;
    case "expired":
      element.append(el("h1", null, t("patient.expired.title")), el("p", null, t("patient.expired.text")), again());
      break;
    default:
      element.append(el("h1", null, t("patient.draft.title")), el("div", { class: "actions" }, el("a", { class: "button", href: "/request/new" }, t("patient.home.resume"))));
  }
  return { element, update: () => undefined, destroy: () => undefined };
}

function again(): HTMLElement {
  return el("div", { class: "actions" }, el("a", { class: "button", href: "/request/new" }, t("patient.home.new")), el("a", { class: "button second", href: "/home" }, t("patient.home.title")));
}

/** The word that came with a refusal or a transfer; nothing when there is none. */
export function wordOf(consultation: Consultation, keyring: Keyring, kind: "refusal" | "transfer"): HTMLElement {
  const place = el("section", { class: "stack near" });
  const open = async (): Promise<void> => {
    const shut = seal("opening", { readers: t("patient.motive.readers", { practice: consultation.practice.name }) });
    fill(place, el("h2", null, t("patient.refused.word")), shut.element);
    try {
      const request = await openCompartment(keyring, consultation.id, "request", "own-record");
      const found = request.items.filter((item) => item.kind === kind).at(-1);
      const text = (found?.data as { text?: string } | undefined)?.text ?? "";
      if (text === "") fill(place);
      else shut.set("open", el("p", { class: "written" }, text));
    } catch (error) {
      fill(place, failureOf(error, "", () => void open()));
    }
  };
  void open();
  return place;
}
