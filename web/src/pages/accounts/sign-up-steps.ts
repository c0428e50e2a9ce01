/** The screens of signing up, for patients and for invited professionals: address, code, way in, recovery sheet. */

import { encodeRecoveryCode } from "../../crypto";
import { button, el, notice, t } from "../../face";
import type { Keyring } from "../../keys";
import { ApiError } from "../../net";
import { keepContact } from "./contact";
import { actButton, FieldError, form } from "./form";
import { checkSheetStep, ownSheetUse, sheetStep } from "./recovery-sheet";
import type { Registration } from "./registration";
import type { Step, Steps } from "./steps";
import { chooseUnlock } from "./unlock-steps";

export interface SignUp {
  readonly steps: Steps;
  readonly registration: Registration;
  /** Where the account is made, and what goes along. */
  readonly path: string;
  readonly extra: () => Readonly<Record<string, unknown>>;
  readonly after: (keyring: Keyring) => Promise<void> | void;
  /** Steps that come before the address count along. */
  readonly before?: number;
}

const TYPED = "colloque-sign-up";
const OF = 4;

export function askAddress(flow: SignUp): Step {
  const { steps, registration } = flow;
  return {
    name: "address",
    title: t("accounts.address.title"),
    place: place(flow, 1),
    content: () => [
      form({
        fields: [
          {
            name: "email",
            label: t("accounts.address.label"),
            hint: t("accounts.address.hint"),
            type: "email",
            inputmode: "email",
            autocomplete: "email",
            value: registration.email || (sessionStorage.getItem(TYPED) ?? ""),
          },
        ],
        submit: t("accounts.address.submit"),
        onSubmit: async ({ email = "" }) => {
          sessionStorage.setItem(TYPED, email.trim());
          await fieldErrors("email", ["bad-address"], () => registration.askForCode(email.trim()));
          steps.show(askCode(flow));
        },
      }),
      el("p", { class: "quiet-text" }, t("accounts.address.who")),
    ],
  };
}

function askCode(flow: SignUp): Step {
  const { steps, registration } = flow;
  return {
    name: "code",
    title: t("accounts.code.title"),
    place: place(flow, 2),
    content: () => [
      el("p", null, t("accounts.code.sent", { email: registration.email })),
      form({
        fields: [
          {
            name: "code",
            label: t("accounts.code.label"),
            hint: t("accounts.code.hint"),
            inputmode: "numeric",
            autocomplete: "one-time-code",
            maxlength: 7,
            isShort: true,
          },
        ],
        submit: t("face.continue"),
        onSubmit: async ({ code = "" }) => {
          await fieldErrors("code", ["wrong-code"], () => registration.giveCode(code));
          steps.show(registration.hasAccount ? askStartAgain(flow) : unlock(flow));
        },
      }),
      el("details", null, el("summary", null, t("accounts.code.none")), el("p", null, t("accounts.code.none-what")), again(registration)),
    ],
  };
}

function again(registration: Registration): HTMLElement {
  const act = async (): Promise<void> => {
    await registration.askForCode(registration.email);
    said.replaceChildren(notice("action", t("accounts.code.again-done")));
  };
  const said = el("div", { role: "status" });
  return el("div", { class: "stack tight" }, actButton(t("accounts.code.again"), act, { kind: "second", icon: "refresh-cw" }), said);
}

function askStartAgain(flow: SignUp): Step {
  const { steps, registration } = flow;
  const onward = (): void => {
    registration.startsAgain = true;
    steps.show(unlock(flow));
  };
  return {
    name: "start-again",
    title: t("accounts.again.title"),
    content: () => [
      el("p", null, t("accounts.again.what")),
      el(
        "div",
        { class: "actions" },
        el("a", { class: "button", href: "/sign-in" }, t("accounts.again.sign-in")),
        el("a", { class: "button second", href: "/recover" }, t("accounts.again.recover")),
      ),
      el("hr"),
      el("h2", null, t("accounts.again.lost")),
      notice("caution", t("accounts.again.lost-what")),
      el("div", { class: "actions" }, button(t("accounts.again.lost-button"), onward, "harm")),
    ],
  };
}

function unlock(flow: SignUp): Step {
  const { steps, registration } = flow;
  return chooseUnlock(
    steps,
    {
      email: () => registration.email,
      usePasskey: () => registration.usePasskey(),
      choosePassphrase: (passphrase) => registration.choosePassphrase(passphrase),
      usePassphrase: (secret, totp) => registration.usePassphrase(secret, totp),
      onward: () => void showSheet(flow),
    },
    place(flow, 3),
  );
}

async function showSheet(flow: SignUp): Promise<void> {
  const { steps, registration } = flow;
  const code = await encodeRecoveryCode(registration.recoveryCode);
  const words = { title: t("accounts.sheet.title"), lead: t("accounts.sheet.lead"), whose: t("accounts.sheet.whose"), use: ownSheetUse() };
  const onward = (): void => {
    steps.show(checkSheetStep(code, () => finish(flow), place(flow, 4)));
  };
  steps.show(sheetStep(code, words, onward, place(flow, 4)));
}

async function finish(flow: SignUp): Promise<void> {
  const { registration } = flow;
  const keyring = await registration.finish(flow.path, flow.extra());
  sessionStorage.removeItem(TYPED);
  try {
    await keepContact(keyring, registration.email);
  } catch (error) {
    // The account stands: the address is asked for again from the account page, where its absence is told.
    console.error("the address could not be kept", error instanceof Error ? error.name : "");
  }
  await flow.after(keyring);
}

/** Ties refusals that speak of a field to that field. */
async function fieldErrors(field: string, words: readonly string[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ApiError && words.includes(error.error)) throw new FieldError(field, error.message);
    throw error;
  }
}

function place(flow: SignUp, at: number): { at: number; of: number } {
  const before = flow.before ?? 0;
  return { at: at + before, of: OF + before };
}
