/** Consent, one purpose at a time, with the words that were read. */

import { choiceField, el, notice, showErrors, t, type ChoiceField, type Trouble } from "../../../face";
import { PURPOSES, type Purpose } from "../draft";
import type { Step } from "./step";

/** The very words that someone agrees to: they are kept with the answer. */
export function wordingOf(purpose: Purpose, practice: string): string {
  return t(`patient.consent.${purpose}`, { practice });
}

export const consentStep: Step = ({ draft, change, practice }) => {
  const name = practice?.name ?? "";
  const fields = PURPOSES.map((purpose) => ({ purpose, field: ask(purpose, name, draft().consents[purpose]) }));
  const warning = el("div", { role: "status" });
  const element = el("div", { class: "stack" }, el("h1", null, t("patient.consent.ask")), el("p", { class: "hint" }, t("patient.consent.hint")), fields.map((one) => one.field.element), warning);
  const show = (): void => {
    warning.replaceChildren(...(answerOf(fields[0]?.field) === false ? [notice("caution", t("patient.consent.care-needed"))] : []));
  };
  element.addEventListener("input", () => {
    const given = fields.map(({ purpose, field }) => [purpose, answerOf(field)] as const);
    change({ consents: Object.fromEntries(given.filter(([, one]) => one !== undefined)) });
    show();
  });
  show();
  return {
    element,
    leave() {
      const troubles: Trouble[] = [];
      for (const { purpose, field } of fields) {
        const given = answerOf(field);
        if (given === undefined) troubles.push({ field, text: t("patient.consent.choose") });
        else if (!given && purpose === "care-by-video") troubles.push({ field, text: t("patient.consent.care-needed") });
        else if (!given && draft().hasFiles) troubles.push({ field, text: t("patient.consent.documents-needed") });
      }
      return showErrors(element, fields.map((one) => one.field), troubles);
    },
  };
};

function ask(purpose: Purpose, practice: string, given: boolean | undefined): ChoiceField {
  return choiceField(wordingOf(purpose, practice), purpose, [
    { value: "yes", label: t("patient.consent.give"), checked: given === true },
    { value: "no", label: t("patient.consent.refuse"), checked: given === false },
  ]);
}

function answerOf(field: ChoiceField | undefined): boolean | undefined {
  const [picked] = field?.values() ?? [];
  return picked === undefined ? undefined : picked === "yes";
}
