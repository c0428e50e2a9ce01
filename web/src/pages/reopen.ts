/** `/reopen`: a practice whose managers lost every way in is opened again with its recovery sheet. Nothing of the sheet is sent. */

import { EnvelopeError } from "../crypto";
import { dayAndTime, el, need, notice, startShell, t, type Child } from "../face";
import { loadKeyring, type Keyring } from "../keys";
import { ApiError } from "../net";
import { actButton, FieldError, form } from "./accounts/form";
import { profileStep, type Profile } from "./accounts/invitation";
import { askForPractice, enterPractice, findSheet, type Sheet } from "./accounts/practice-sheet";
import { Registration } from "./accounts/registration";
import { askAddress, type SignUp } from "./accounts/sign-up-steps";
import { Steps, type Step } from "./accounts/steps";

startShell();

const steps = new Steps(need("#steps"));
const kept = await loadKeyring().catch(() => null);
const isSignedIn = kept !== null && document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content === kept.person;
steps.show(askCode());

function askCode(): Step {
  return {
    name: "code",
    title: t("accounts.reopen.title"),
    content: () => [
      el("p", { class: "lead" }, t("accounts.reopen.lead")),
      el("ol", null, [el("li", null, t("accounts.reopen.one")), el("li", null, t("accounts.reopen.two")), el("li", null, t("accounts.reopen.three"))]),
      form({
        fields: [{ name: "code", label: t("accounts.recover.code"), hint: t("accounts.recover.hint"), maxlength: 60 }],
        submit: t("face.continue"),
        onSubmit: async ({ code = "" }) => {
          const sheet = await mistyped(() => findSheet(code));
          if (!kept || !isSignedIn) steps.show(welcome(sheet));
          else steps.show(sheet.not_before === null ? ask(kept, sheet) : wait(kept, sheet, sheet.not_before));
        },
      }),
    ],
  };
}

/** The sheet makes nobody a manager by itself: it takes a person who signs for it. */
function welcome(sheet: Sheet): Step {
  return {
    name: "welcome",
    title: whose(sheet),
    content: () => [
      el("p", null, t("accounts.reopen.account")),
      actButton(t("accounts.reopen.new-account"), () => start(sheet)),
      el("div", { class: "actions" }, el("a", { class: "button second", href: "/sign-in?next=/reopen" }, t("accounts.reopen.sign-in"))),
    ],
  };
}

async function start(sheet: Sheet): Promise<void> {
  await Promise.resolve();
  const profile: Profile = { given: "", family: "", profession: "", rpps: "" };
  const flow: SignUp = {
    steps,
    registration: new Registration("professional"),
    path: "/api/sheet/account",
    extra: () => ({ ...profile }),
    after: (keyring) => { steps.show({ ...ask(keyring, sheet), isFinal: true }); },
  };
  const unnamed = { ...profile, practice: sheet.practice, roles: [], first: false, accepted: false };
  steps.show(profileStep(unnamed, profile, false, () => { steps.show(askAddress(flow)); }));
}

function ask(keyring: Keyring, sheet: Sheet): Step {
  return {
    name: "ask",
    title: whose(sheet),
    content: () => [
      el("p", null, t("accounts.reopen.ask-what")),
      actButton(t("accounts.reopen.ask"), async () => { steps.show({ ...wait(keyring, sheet, await askForPractice(keyring, sheet)), isFinal: true }); }),
    ],
  };
}

function wait(keyring: Keyring, sheet: Sheet, notBefore: string): Step {
  const hasCome = Date.parse(notBefore) <= Date.now();
  const content: Child[] = hasCome
    ? [el("p", null, t("accounts.reopen.enter-what")), actButton(t("accounts.reopen.enter"), () => enter(keyring, sheet))]
    : [notice("action", t("accounts.reopen.asked", { when: dayAndTime(notBefore) })), el("p", null, t("accounts.reopen.asked-what"))];
  return { name: "wait", title: whose(sheet), content: () => content };
}

async function enter(keyring: Keyring, sheet: Sheet): Promise<void> {
  await enterPractice(keyring, sheet);
  location.assign("/practice");
}

function whose({ practice }: Sheet): string {
  return t("accounts.reopen.whose", { practice: practice.name, city: practice.city });
}

async function mistyped<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof EnvelopeError && error.reason === "recovery-code") throw new FieldError("code", t("accounts.recover.mistyped"));
    if (error instanceof ApiError && error.error === "link-ended") throw new FieldError("code", t("accounts.reopen.unknown"));
    throw error;
  }
}
