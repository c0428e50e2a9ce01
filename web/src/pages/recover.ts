/** `/recover`: sign in with the sheet, then make a way in again. */

import { EnvelopeError } from "../crypto";
import { el, need, notice, startShell, t } from "../face";
import type { Keyring } from "../keys";
import { addUnlock } from "./accounts/add-unlock";
import { enterByRecovery } from "./accounts/entry";
import { FieldError, form } from "./accounts/form";
import { addressErrors, arriveHome } from "./accounts/sign-in-steps";
import { Steps, type Step } from "./accounts/steps";

startShell();

const steps = new Steps(need("#steps"));
let typed = "";
steps.show(askSheet());

function askSheet(): Step {
  return {
    name: "sheet",
    title: t("accounts.recover.title"),
    content: () => [
      el("p", null, t("accounts.recover.what")),
      form({
        fields: [
          { name: "email", label: t("accounts.address.label"), type: "email", inputmode: "email", autocomplete: "username", value: typed },
          { name: "code", label: t("accounts.recover.code"), hint: t("accounts.recover.hint"), maxlength: 60 },
        ],
        submit: t("accounts.sign-in.submit"),
        onSubmit: async ({ email = "", code = "" }) => {
          typed = email.trim();
          const keyring = await mistyped(() => addressErrors(() => enterByRecovery(typed, code)));
          steps.show(askNewWay(keyring));
        },
      }),
      el("details", null, el("summary", null, t("accounts.recover.lost")), el("p", null, t("accounts.recover.lost-what")),
        el("p", null, el("a", { href: "/sign-up" }, t("accounts.recover.lost-link")))),
      el("p", null, el("a", { href: "/reopen" }, t("accounts.recover.practice"))),
    ],
  };
}

/** After the sheet the person has one way in left: they are asked to make another before going on. */
function askNewWay(keyring: Keyring): Step {
  const step = addUnlock(steps, keyring, typed, () => void arriveHome(keyring));
  return { ...step, isFinal: true, content: () => [notice("action", t("accounts.recover.done")), step.content()] };
}

async function mistyped<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof EnvelopeError && error.reason === "recovery-code") throw new FieldError("code", t("accounts.recover.mistyped"));
    throw error;
  }
}
