/** Who I am: asked once per practice, kept sealed in the file. */

import { choiceField, el, showErrors, t, textField, type Choice, type Trouble } from "../../../face";
import type { Identity } from "../store";
import type { Step } from "./step";

const SEXES = ["female", "male", "unknown"] as const;
const OLDEST_YEARS = 130;

export const identityStep: Step = ({ draft, store, practice }) => {
  const before = store.identity;
  const given = textField(t("patient.identity.given"), { value: before?.given, autocomplete: "given-name", maxlength: 100 });
  const family = textField(t("patient.identity.family"), { value: before?.family, autocomplete: "family-name", maxlength: 100 });
  const birth = textField(t("patient.identity.birth"), { type: "date", class: "short", value: before?.birth_date, autocomplete: "bday" });
  const choices = SEXES.map((one): Choice => ({ value: one, label: t(`patient.identity.${one}`), checked: before?.sex === one }));
  const sex = choiceField(t("patient.identity.sex"), "sex", choices, { hint: t("patient.identity.sex-hint") });
  const readers = t("patient.motive.readers", { practice: practice?.name ?? "" });
  const element = el(
    "div",
    { class: "stack" },
    el("h1", null, t("patient.identity.ask")),
    el("p", { class: "hint" }, t("patient.identity.hint")),
    [given, family, birth, sex].map((one) => one.element),
    el("p", { class: "seal-line" }, t("face.seal.readers", { readers })),
  );
  return {
    element,
    async leave() {
      const troubles: Trouble[] = [];
      if (given.input.value.trim() === "") troubles.push({ field: given, text: t("patient.fault.required") });
      if (family.input.value.trim() === "") troubles.push({ field: family, text: t("patient.fault.required") });
      if (!isBirth(birth.input.value)) troubles.push({ field: birth, text: t("patient.identity.birth-fault") });
      if (sex.values().length === 0) troubles.push({ field: sex, text: t("patient.fault.choose") });
      if (!showErrors(element, [given, family, birth, sex], troubles)) return false;
      const identity: Identity = {
        given: given.input.value.trim(),
        family: family.input.value.trim(),
        birth_date: birth.input.value,
        sex: sex.values()[0] as Identity["sex"],
      };
      await store.saveIdentity(draft(), identity);
      return true;
    },
  };
};

function isBirth(day: string): boolean {
  const born = new Date(`${day}T00:00:00Z`);
  const now = new Date();
  return !Number.isNaN(born.getTime()) && born < now && now.getUTCFullYear() - born.getUTCFullYear() <= OLDEST_YEARS;
}
