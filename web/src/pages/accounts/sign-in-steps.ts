/** The screens of signing in and of unlocking: passkey first, then passphrase and code; the recovery sheet is elsewhere. */

import { button, el, icon, t } from "../../face";
import { passkeysWork, type Keyring } from "../../keys";
import { api, ApiError } from "../../net";
import { enterByPasskey, enterByPassphrase, stretchFor, type Stretched } from "./entry";
import { actButton, FieldError, form } from "./form";
import { goOn, nextPath } from "./next";
import type { Step, Steps } from "./steps";
import { passkeyFailure, totpField } from "./unlock-steps";

export interface SignInWords {
  readonly title: string;
  readonly lead: string;
  readonly passkey: string;
}

export function signIn(steps: Steps, words: SignInWords): Step {
  const passphrase = (): void => {
    steps.show(askPassphrase(steps));
  };
  const next = nextPath();
  const more = next === null ? "" : `?next=${encodeURIComponent(next)}`;
  const enter = async (): Promise<void> => {
    await arriveHome(await enterByPasskey());
  };
  return {
    name: "sign-in",
    title: words.title,
    content: () => [
      el("p", { class: "lead" }, words.lead),
      el("div", { class: "stack" }, [
        passkeysWork() ? actButton(words.passkey, enter, { icon: "key-round", failed: (error) => passkeyFailure(error, passphrase) }) : null,
        el("hr"),
        el("h2", null, t("accounts.sign-in.other")),
        el("ul", { class: "rows" }, [
          el("li", null, button(t("accounts.sign-in.passphrase"), passphrase, "quiet")),
          el("li", null, el("a", { class: "button quiet", href: `/recover${more}` }, t("accounts.sign-in.recovery"))),
          el("li", null, el("a", { class: "button quiet", href: `/sign-up${more}` }, t("accounts.sign-in.sign-up"))),
        ]),
        el("p", { class: "quiet-text with-icon" }, icon("info"), t("accounts.sign-in.shared")),
      ]),
    ],
  };
}

function askPassphrase(steps: Steps): Step {
  let typed = "";
  return {
    name: "passphrase",
    title: t("accounts.sign-in.passphrase-title"),
    content: () =>
      form({
        fields: [
          { name: "email", label: t("accounts.address.label"), type: "email", inputmode: "email", autocomplete: "username", value: typed },
          { name: "passphrase", label: t("accounts.passphrase.label"), type: "password", autocomplete: "current-password" },
        ],
        submit: t("face.continue"),
        onSubmit: async ({ email = "", passphrase = "" }) => {
          typed = email.trim();
          const stretched = await addressErrors(() => stretchFor(typed, passphrase));
          steps.show(askTotp(stretched));
        },
      }),
  };
}

function askTotp(stretched: Stretched): Step {
  return {
    name: "totp",
    title: t("accounts.sign-in.totp-title"),
    content: () =>
      form({
        fields: [{ ...totpField(), hint: t("accounts.sign-in.totp-hint") }],
        submit: t("accounts.sign-in.submit"),
        onSubmit: async ({ totp = "" }) => {
          await arriveHome(await enterByPassphrase(stretched, totp));
        },
      }),
  };
}

export async function addressErrors<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ApiError && error.error === "bad-address") throw new FieldError("email", error.message);
    throw error;
  }
}

export async function arriveHome(_keyring: Keyring): Promise<void> {
  const { kind } = await api.get<{ kind: "patient" | "professional" }>("/api/session");
  goOn(kind);
}
