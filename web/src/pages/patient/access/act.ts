/** One act on the page: who, in what role, what, when, why; that it was checked; and a way to object. */

import { button, clockTime, dayAndTime, el, icon, language, t, type Child } from "../../../face";
import { partsOf, type Act } from "../openings";
import { fullName, type Known, type Objection } from "./known";
import { objectionForm } from "./objection";

export function actRow(act: Act, known: Known): HTMLLIElement {
  const isBroken = act.first.relation === "break-glass";
  return el(
    "li",
    { class: "act stack tight", id: `line-${act.first.seq}`, "data-tone": isBroken ? "harm" : undefined },
    isBroken && el("p", { class: "act-flag" }, icon("triangle-alert"), t("patient.access.broken-glass")),
    el("h3", null, headline(act, known)),
    el("p", { class: "quiet-text" }, whoIs(act, known)),
    el("p", null, t("patient.access.why", { why: why(act) })),
    isBroken && act.reason !== null ? el("blockquote", { class: "act-reason" }, el("p", { class: "written" }, act.reason)) : null,
    proof(act.lines, (line) => t(`patient.access.part.${line.part}`)),
    objecting(act, known),
  );
}

/** One's own openings, shorter: to notice one that one did not make. */
export function ownRow(act: Act): HTMLLIElement {
  return el("li", null, t("patient.access.own-line", { when: dayAndTime(act.first.time), what: what(act) }));
}

function headline(act: Act, known: Known): string {
  const words = { opened: "patient.access.line", refused: "patient.access.refused-line", served: "patient.access.served-line" } as const;
  return t(words[act.first.sort], { who: nameOfActor(act, known), what: what(act) });
}

export function nameOfActor({ first, isOwn }: Act, known: Known): string {
  if (isOwn) return t("patient.access.yourself");
  if (first.relation === "service") return t("patient.access.service");
  const person = known.person(first.actor);
  return person ? fullName(person) : t("patient.access.somebody");
}

function whoIs({ first }: Act, known: Known): string {
  const person = known.person(first.actor);
  const place = known.practice(first.practice) ?? person?.practice ?? "";
  return [clockTime(first.time), person?.profession, place].filter(Boolean).join(" · ");
}

function what(act: Act): string {
  const parts = partsOf(act).map((part) => t(`patient.access.part.${part}`));
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(parts);
}

function why({ first, reason }: Act): string {
  if (first.relation !== "break-glass") return t(`patient.access.why.${first.relation}`);
  return t(reason === null ? "patient.access.why.break-glass-bare" : "patient.access.why.break-glass");
}

export function proof<T extends { readonly seq: number; readonly time: string }>(lines: readonly T[], what: (line: T) => string): HTMLElement {
  const text = t("patient.access.proven", { n: lines.length });
  const each = lines.map((line) => el("li", null, t("patient.access.proven-line", { n: line.seq, when: dayAndTime(line.time), what: what(line) })));
  return el("details", { class: "proof" }, el("summary", null, icon("shield-check"), el("span", null, text)), el("ul", null, each));
}

/** The objection to any line of the act, or a way to make one to its first. */
function objecting(act: Act, known: Known): Child {
  const made = act.lines.map((line) => known.objection(line.seq)).find((one) => one !== undefined);
  if (made) return objectionState(made);
  if (act.first.practice === "" || act.isOwn) return null;
  const practice = known.practice(act.first.practice) ?? t("patient.access.the-practice");
  const place = el("div", { class: "stack near objection" });
  const ask = button(t("patient.access.object"), () => {
    place.replaceChildren(form);
    form.querySelector<HTMLElement>("input")?.focus();
  }, "quiet");
  ask.append(el("span", { class: "aloud" }, ` ${headline(act, known)}`));
  const form = objectionForm(act.first, practice, {
    onDone(objection) {
      known.addObjection(objection);
      const state = objectionState(objection);
      place.replaceWith(state);
      state.focus();
    },
    onCancel() {
      place.replaceChildren(ask);
      ask.focus();
    },
  });
  place.append(ask);
  return place;
}

function objectionState(objection: Objection): HTMLElement {
  const { reason, at, answer, answered_at } = objection;
  const said = t("patient.access.objected", { when: dayAndTime(at), reason: t(`patient.access.reason.${reason}`) });
  const back = answer === null || answered_at === null ? t("patient.access.waiting-answer") : t("patient.access.answered", { when: dayAndTime(answered_at), answer: t(`patient.access.answer.${answer}`) });
  return el("div", { class: "objection-state", tabindex: "-1" }, el("p", { class: "objection-said" }, icon("check"), el("span", null, said)), el("p", null, back));
}
