/** The steps before anything is sealed: which practice, whom, where, and why. */

import { choiceField, el, notice, showErrors, t, textArea, textField, type Choice, type Field, type Trouble } from "../../../face";
import { nameOf } from "../api";
import { choosePractice, PLACES, type PlaceKind } from "../draft";
import type { Step } from "./step";

const MOTIVE_MOST = 4000;

export const practiceStep: Step = ({ draft, change, practices }) => {
  const choices = practices.map((one): Choice => {
    const hint = one.on_duty > 0 ? t("patient.practice.on-duty", { city: one.city, n: one.on_duty }) : t("patient.practice.nobody", { city: one.city });
    return { value: one.id, label: one.name, hint, checked: one.id === draft().practice };
  });
  const field = choiceField(t("patient.practice.ask"), "practice", choices, { asHeading: true });
  const element = el("div", { class: "stack" }, field.element);
  return {
    element,
    leave() {
      const [picked] = field.values();
      if (picked === undefined) return showErrors(element, [field], [{ field, text: t("patient.fault.choose") }]);
      change(choosePractice(draft(), picked));
      return true;
    },
  };
};

const SOONEST = "soonest";

export const whoStep: Step = ({ draft, change, practice }) => {
  const onDuty = (practice?.practitioners ?? []).filter((one) => one.on_duty);
  const { wish } = draft();
  const hasLeft = typeof wish === "string" && !onDuty.some((one) => one.person === wish);
  const choices: Choice[] = [
    { value: SOONEST, label: t("patient.who.soonest"), hint: t("patient.who.soonest-hint"), checked: wish === null || (wish === undefined && onDuty.length === 0) },
    ...onDuty.map((one) => ({
      value: one.person,
      label: nameOf(one),
      hint: t(one.rpps ? "patient.who.hint" : "patient.who.hint-bare", { profession: one.profession, rpps: one.rpps }),
      checked: wish === one.person,
    })),
  ];
  const field = choiceField(t("patient.who.ask"), "who", choices, { asHeading: true });
  const told = hasLeft ? notice("caution", t("patient.who.left")) : onDuty.length === 0 && notice("caution", t("patient.who.nobody"));
  const element = el("div", { class: "stack" }, field.element, told);
  return {
    element,
    leave() {
      const [picked] = field.values();
      if (picked === undefined) return showErrors(element, [field], [{ field, text: t("patient.fault.choose") }]);
      change({ wish: picked === SOONEST ? null : picked });
      return true;
    },
  };
};

export const placeStep: Step = ({ draft, change }) => {
  const { place } = draft();
  const choices = PLACES.map((kind): Choice => ({ value: kind, label: t(`patient.place.${kind}`), checked: place.kind === kind }));
  const kind = choiceField(t("patient.place.ask"), "place", choices, { asHeading: true, hint: t("patient.place.hint") });
  const town = textField(t("patient.place.town"), { value: place.town, autocomplete: "address-level2", maxlength: 120 });
  const element = el("div", { class: "stack" }, kind.element, town.element);
  const read = (): { kind: PlaceKind | ""; town: string } => ({ kind: (kind.values()[0] ?? "") as PlaceKind | "", town: town.input.value });
  element.addEventListener("input", () => {
    change({ place: read() });
  });
  return {
    element,
    leave() {
      const troubles: Trouble[] = [];
      if (read().kind === "") troubles.push({ field: kind, text: t("patient.fault.choose") });
      if (read().town.trim() === "") troubles.push({ field: town, text: t("patient.place.town-missing") });
      change({ place: read() });
      return showErrors(element, [kind, town], troubles);
    },
  };
};

export const motiveStep: Step = ({ draft, change, practice, store }) => {
  const text = textArea(
    t("patient.motive.ask"),
    { value: draft().motive, maxlength: MOTIVE_MOST, oninput: (event) => { change({ motive: (event.target as HTMLTextAreaElement).value }); } },
    { asHeading: true, hint: t("patient.motive.hint") },
  );
  const readers = t("patient.motive.readers", { practice: practice?.name ?? "" });
  const seal = el("p", { class: "seal-line" }, t("face.seal.readers", { readers }));
  const element = el("div", { class: "stack" }, text.element, seal, notice("harm", t("patient.motive.urgent")));
  return {
    element,
    async leave() {
      const field: Field = text;
      if (text.input.value.trim() === "") return showErrors(element, [field], [{ field, text: t("patient.fault.required") }]);
      change({ motive: text.input.value });
      // The first thing of care: from here on the request is on the server, sealed.
      change(await store.begin(draft()));
      return true;
    },
  };
};
