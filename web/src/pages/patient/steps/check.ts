/** Check your answers: everything that will be sent, each with a way to change it. */

import { button, dateInWords, el, language, t, type Child } from "../../../face";
import { buildResponse, linesOf } from "../../../questionnaire";
import { nameOf } from "../api";
import { PURPOSES, stepsOf, type StepId } from "../draft";
import { wordingOf } from "./consent";
import type { Step, StepContext } from "./step";

export const checkStep: Step = (context) => ({
  element: el(
    "div",
    { class: "stack" },
    el("h1", null, t("patient.check.ask")),
    el("p", { class: "hint" }, t("patient.check.hint")),
    el("dl", { class: "facts" }, facts(context)),
    el("h2", null, t("patient.check.questions")),
    el("dl", { class: "facts" }, questionFacts(context)),
  ),
  button: t("patient.check.good"),
});

function facts(context: StepContext): Child[] {
  const { draft, practice, practices, store } = context;
  const isBooked = store.booked !== null;
  const now = draft();
  const wished = practice?.practitioners.find((one) => one.person === now.wish);
  const identity = store.identity;
  const { place } = now;
  return [
    fact(context, t("patient.check.practice"), practice?.name ?? "", practices.length > 1 && !isBooked ? "practice" : null),
    fact(context, t("patient.check.who"), wished ? nameOf(wished) : t("patient.who.soonest"), isBooked ? null : "who"),
    fact(context, t("patient.check.place"), place.kind === "" ? "" : `${t(`patient.place.${place.kind}`)}, ${place.town}`, "place"),
    fact(context, t("patient.check.motive"), now.motive, "motive"),
    fact(context, t("patient.check.files"), t(now.hasFiles ? "patient.check.files-some" : "patient.check.files-none"), "files"),
    fact(
      context,
      t("patient.check.identity"),
      identity ? [`${identity.given} ${identity.family}`, ", ", dateInWords(identity.birth_date)] : t("patient.check.identity-kept"),
      context.draft().seen.includes("identity") ? "identity" : null,
    ),
    fact(
      context,
      t("patient.check.consent"),
      PURPOSES.map((purpose) => el("p", null, el("span", { class: "quiet-text" }, wordingOf(purpose, practice?.name ?? "")), " ", t(now.consents[purpose] ? "patient.yes" : "patient.no"))),
      "consent",
    ),
  ];
}

function questionFacts(context: StepContext): Child[] {
  const { questionnaire, draft, practices, store } = context;
  if (!questionnaire) return [];
  const response = buildResponse(questionnaire, draft().answers, { status: "in-progress", authored: new Date().toISOString() });
  const words = { yes: t("patient.yes"), no: t("patient.no"), day: dateInWords, number: (value: number) => value.toLocaleString(language()) };
  const steps = stepsOf(draft(), { practices: practices.length, questionnaire, hasIdentity: store.identity !== null, isBooked: store.booked !== null });
  const lines = response.item.map((group) => {
    const step = steps.find((one) => one === `q:${group.linkId}`) ?? null;
    const told = linesOf({ ...response, item: [group] }, words);
    return fact(context, group.text ?? group.linkId, told.length > 0 ? told.map(([question, answer]) => el("p", null, el("span", { class: "quiet-text" }, question), " ", answer)) : t("patient.check.not-answered"), step);
  });
  return lines;
}

function fact(context: StepContext, name: string, value: Child, step: StepId | null): Child {
  const change =
    step &&
    button(
      t("face.change"),
      () => {
        context.goTo(step);
      },
      "quiet",
    );
  if (change) change.append(el("span", { class: "aloud" }, ` ${name}`));
  return el("div", null, el("dt", null, name), el("dd", null, value), change && el("dd", { class: "change" }, change));
}
