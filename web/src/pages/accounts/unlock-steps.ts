/** Choosing how to open Colloque: a passkey, or a passphrase with a second factor. Used to sign up and to add a way in. */

import { button, el, failure, icon, notice, t, type Key } from "../../face";
import { PasskeyError, passkeysWork } from "../../keys";
import { ApiError } from "../../net";
import { actButton, FieldError, failedLine, form } from "./form";
import type { Step, Steps } from "./steps";
import { load, measure, type Strength } from "./strength";
import { inGroups, newTotpSecret, otpauth, qrCode } from "./totp";
import type { Bytes } from "../../crypto";

export interface UnlockActs {
  readonly email: () => string;
  readonly usePasskey: () => Promise<void>;
  readonly choosePassphrase: (passphrase: string) => Promise<void>;
  readonly usePassphrase: (secret: Bytes, totp: string) => Promise<void>;
  readonly onward: () => void;
}

export type Place = (at: number) => Step["place"];

export function chooseUnlock(steps: Steps, acts: UnlockActs, place?: Step["place"]): Step {
  const works = passkeysWork();
  const passphrase = (): void => {
    steps.show(passphraseStep(steps, acts, place));
  };
  return {
    name: "unlock",
    title: t("accounts.unlock.title"),
    ...(place ? { place } : {}),
    content: () => [
      el("div", { class: "stack" }, [
        works ? passkeyCard(acts, passphrase) : notice("caution", t("accounts.passkey.unsupported")),
        el("hr"),
        el("h2", null, t("accounts.unlock.other")),
        el("p", null, t("accounts.unlock.passphrase")),
        el("div", { class: "actions" }, button(t("accounts.unlock.passphrase-button"), passphrase, works ? "second" : "")),
      ]),
    ],
  };
}

function passkeyCard(acts: UnlockActs, passphrase: () => void): HTMLElement {
  const create = async (): Promise<void> => {
    await acts.usePasskey();
    acts.onward();
  };
  return el(
    "section",
    { class: "stack near" },
    el("h2", { class: "with-icon" }, icon("key-round"), t("accounts.unlock.passkey")),
    el("p", null, t("accounts.unlock.passkey-what")),
    el("p", { class: "quiet-text" }, t("accounts.unlock.passkey-twice")),
    actButton(t("accounts.unlock.passkey-button"), create, { failed: (error) => passkeyFailure(error, passphrase) }),
  );
}

const PASSKEY_SENTENCES = {
  cancelled: "accounts.passkey.cancelled",
  "no-prf": "accounts.passkey.no-prf",
  unsteady: "accounts.passkey.unsteady",
  known: "accounts.passkey.known",
  unsupported: "accounts.passkey.unsupported",
} as const satisfies Record<PasskeyError["reason"], Key>;

/** What happened with a passkey, and the other way. */
export function passkeyFailure(error: unknown, otherwise?: () => void): HTMLElement {
  if (!(error instanceof PasskeyError)) return failedLine(error);
  const shown = failure({
    happened: t("accounts.passkey.failed"),
    next: t(PASSKEY_SENTENCES[error.reason]),
    tone: "caution",
  });
  if (otherwise) shown.append(el("div", { class: "actions" }, button(t("accounts.unlock.passphrase-button"), otherwise, "second")));
  return shown;
}

function passphraseStep(steps: Steps, acts: UnlockActs, place: Step["place"]): Step {
  // The words are fetched while the person thinks of theirs.
  void load().catch(() => undefined);
  return {
    name: "passphrase",
    title: t("accounts.passphrase.title"),
    ...(place ? { place } : {}),
    content: () => [
      el("p", null, t("accounts.passphrase.what")),
      form({
        fields: [
          {
            name: "passphrase",
            label: t("accounts.passphrase.label"),
            hint: t("accounts.passphrase.hint"),
            type: "password",
            autocomplete: "new-password",
            onInput: (value, note) => void tellStrength(value, acts.email(), note),
          },
        ],
        submit: t("face.continue"),
        onSubmit: async ({ passphrase = "" }) => {
          const strength = await measure(passphrase, known(acts.email()));
          if (!strength.isEnough) throw new FieldError("passphrase", strength.advice.join(" "));
          await acts.choosePassphrase(passphrase);
          steps.show(totpStep(acts, newTotpSecret(), place));
        },
      }),
    ],
  };
}

let asked = 0;

async function tellStrength(value: string, email: string, note: HTMLElement): Promise<void> {
  asked += 1;
  const mine = asked;
  // Speaks when the person pauses, not at each letter.
  await new Promise((resolve) => setTimeout(resolve, 400));
  if (mine !== asked) return;
  const strength = value === "" ? null : await measure(value, known(email)).catch(() => null);
  if (mine === asked) note.replaceChildren(...(strength ? [strengthMeter(strength)] : []));
}

function strengthMeter({ isEnough, score, advice }: Strength): HTMLElement {
  return el(
    "div",
    { class: "stack tight" },
    el("meter", { min: 0, max: 4, low: 2, high: 3, optimum: 4, value: score, "aria-hidden": "true" }),
    el("p", null, isEnough ? t("accounts.strength.enough") : advice.join(" ")),
  );
}

/** What others know of the person is no secret in a passphrase. */
function known(email: string): string[] {
  return [...email.split(/[@.\-_+]/), email].filter((part) => part.length > 2);
}

function totpStep(acts: UnlockActs, secret: Bytes, place: Step["place"]): Step {
  return {
    name: "totp",
    title: t("accounts.totp.title"),
    ...(place ? { place } : {}),
    content: () => [
      el("p", null, t("accounts.totp.what")),
      el("div", { class: "totp" }, qrCode(otpauth(secret, acts.email())), el("div", { class: "stack tight" },
        el("p", null, t("accounts.totp.letters")),
        el("p", { class: "mono totp-secret" }, inGroups(secret)),
        el("p", null, el("a", { href: otpauth(secret, acts.email()) }, t("accounts.totp.here"))),
      )),
      form({
        fields: [{ ...totpField(), hint: t("accounts.totp.hint") }],
        submit: t("face.continue"),
        onSubmit: async ({ totp = "" }) => {
          await totpErrors(() => acts.usePassphrase(secret, totp));
          acts.onward();
        },
      }),
    ],
  };
}

export function totpField(): { name: string; label: string; inputmode: "numeric"; autocomplete: string; maxlength: number; isShort: true } {
  return { name: "totp", label: t("accounts.totp.label"), inputmode: "numeric", autocomplete: "one-time-code", maxlength: 7, isShort: true };
}

async function totpErrors(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ApiError && error.error === "wrong-totp") throw new FieldError("totp", error.message);
    throw error;
  }
}
