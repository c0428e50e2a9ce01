/** Someone who started again, and the six words that they read out by telephone. */

import { dayInWords, el, t, tag, toast } from "../../face";
import type { Keyring } from "../../keys";
import { FieldError, form } from "./form";
import { giveBack, isTheirWords, registeredKey, type Returning } from "./returns";

export function returningRow(keyring: Keyring, returning: Returning, reload: () => void): HTMLElement {
  const left = returning.records.filter((one) => !one.granted).length;
  const heading = el("p", null, t("accounts.returns.who", { when: dayInWords(returning.since), n: returning.records.length }));
  if (left === 0) return el("li", null, heading, tag(t("accounts.returns.given"), "action"));
  const check = form({
    fields: [{ name: "words", label: t("accounts.returns.words"), hint: t("accounts.returns.hint"), maxlength: 120 }],
    submit: t("accounts.returns.submit"),
    onSubmit: async ({ words = "" }) => {
      const key = await registeredKey(returning.person);
      if (!(await isTheirWords(words, key))) throw new FieldError("words", t("accounts.returns.wrong"));
      const count = await giveBack(keyring, returning, key);
      toast(t("accounts.returns.done", { n: count }));
      reload();
    },
  });
  return el("li", { class: "stack near" }, heading, check);
}
