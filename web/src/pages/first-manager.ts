/** `/first-manager#token`: the first manager makes their account, then the practice's key and its recovery sheet. */

import { newRecoveryCode } from "../crypto";
import { el, failureOf, fill, need, startShell, t, whileWaiting } from "../face";
import { loadKeyring, type Keyring } from "../keys";
import { actButton, FieldError, form } from "./accounts/form";
import { endedStep, forgetToken, isRpps, profileStep, readInvitation, rppsField, takeToken, type Invitation, type Profile } from "./accounts/invitation";
import { confirmMember, makePractice } from "./accounts/practice-keys";
import { showPracticeSheet } from "./accounts/recovery-sheet";
import { Registration } from "./accounts/registration";
import { askAddress, type SignUp } from "./accounts/sign-up-steps";
import { Steps, type Step } from "./accounts/steps";
import { b64uEncode } from "../crypto";
import { api } from "../net";

startShell();

const mount = need("#steps");
const steps = new Steps(mount);
const token = takeToken();
void begin();

async function begin(): Promise<void> {
  try {
    const invitation = await whileWaiting(mount, readInvitation(token));
    if (!invitation?.first) {
      steps.show(endedStep());
      return;
    }
    const keyring = await loadKeyring().catch(() => null);
    // Stopped halfway, the account is there and the practice is not: go on from the sheet.
    if (invitation.accepted && keyring) await showSheet(keyring, invitation);
    else if (invitation.accepted) location.assign(`/sign-in?next=${encodeURIComponent("/first-manager")}`);
    else steps.show(welcome(invitation, keyring));
  } catch (error) {
    fill(mount, failureOf(error, undefined, () => void begin()));
  }
}

function welcome(invitation: Invitation, keyring: Keyring | null): Step {
  const isSignedIn = keyring !== null && document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content === keyring.person;
  return {
    name: "welcome",
    title: t("accounts.first.title", { practice: invitation.practice.name }),
    content: () => [
      el("p", { class: "lead" }, t("accounts.first.lead", { practice: invitation.practice.name, city: invitation.practice.city })),
      el("ol", null, [el("li", null, t("accounts.first.one")), el("li", null, t("accounts.first.two")), el("li", null, t("accounts.first.three"))]),
      isSignedIn
        ? actButton(t("accounts.join.with-account"), async () => {
            await api.post(`/api/invitations/${token}/accept`);
            await showSheet(keyring, invitation);
          })
        : actButton(t("accounts.join.begin"), () => start(invitation)),
    ],
  };
}

async function start(invitation: Invitation): Promise<void> {
  await Promise.resolve();
  const profile: Profile = { given: "", family: "", profession: "", rpps: "" };
  const flow: SignUp = {
    steps,
    registration: new Registration("professional"),
    path: `/api/invitations/${token}/accept`,
    extra: () => ({ ...profile }),
    after: (keyring) => showSheet(keyring, invitation),
  };
  steps.show(profileStep(invitation, profile, false, () => { steps.show(askAddress(flow)); }));
}

async function showSheet(keyring: Keyring, invitation: Invitation): Promise<void> {
  const code = newRecoveryCode();
  const { id, name } = invitation.practice;
  let making: ReturnType<typeof makePractice> | null = null;
  await showPracticeSheet(steps, name, code, async () => {
    making ??= makePractice(keyring, id, token, code);
    await (await making)();
    forgetToken();
    steps.show(askPractising(keyring, id));
  });
}

/** Whoever opens a practice often sees patients too: then they are a practitioner as well, with a number. */
function askPractising(keyring: Keyring, practice: string): Step {
  return {
    name: "practising",
    title: t("accounts.first.practising"),
    isFinal: true,
    content: () => [
      el("p", null, t("accounts.first.practising-what")),
      form({
        fields: [rppsField("")],
        submit: t("accounts.first.practising-yes"),
        onSubmit: async ({ rpps = "" }) => {
          if (!isRpps(rpps)) throw new FieldError("rpps", t("accounts.profile.wrong-rpps"));
          const kem_key = b64uEncode((await keyring.keys()).kemKey);
          await confirmMember(keyring, practice, { person: keyring.person, kem_key }, ["manager", "practitioner"], rpps);
          location.assign("/practice");
        },
        more: [el("a", { class: "button second", href: "/practice" }, t("accounts.first.practising-no"))],
      }),
    ],
  };
}
