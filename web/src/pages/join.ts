/** `/join#token`: an invited professional makes an account, or joins with the one they have; then the manager confirms. */

import { fingerprintWords } from "../crypto";
import { el, failureOf, fill, need, notice, startShell, t, whileWaiting } from "../face";
import { loadKeyring, type Keyring } from "../keys";
import { api } from "../net";
import { actButton } from "./accounts/form";
import { endedStep, forgetToken, profileStep, readInvitation, takeToken, type Invitation, type Profile } from "./accounts/invitation";
import { Registration } from "./accounts/registration";
import { roleNames } from "./accounts/roles";
import { askAddress, type SignUp } from "./accounts/sign-up-steps";
import { Steps, type Step } from "./accounts/steps";

startShell();

const mount = need("#steps");
const steps = new Steps(mount);
const token = takeToken();
void begin();

async function begin(): Promise<void> {
  try {
    const invitation = await whileWaiting(mount, readInvitation(token));
    if (!invitation || invitation.accepted || invitation.first) steps.show(endedStep());
    else steps.show(welcome(invitation, await loadKeyring().catch(() => null)));
  } catch (error) {
    fill(mount, failureOf(error, undefined, () => void begin()));
  }
}

function welcome(invitation: Invitation, keyring: Keyring | null): Step {
  const practice = invitation.practice.name;
  const isSignedIn = keyring !== null && document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content === keyring.person;
  const name = `${invitation.given} ${invitation.family}`.trim();
  return {
    name: "welcome",
    title: t("accounts.join.title", { practice }),
    content: () => [
      el("p", { class: "lead" }, t("accounts.join.lead", { name, roles: roleNames(invitation.roles), practice })),
      invitation.rpps === "" ? null : el("p", null, t("accounts.join.rpps", { rpps: invitation.rpps })),
      el("p", null, t("accounts.join.wrong")),
      isSignedIn
        ? actButton(t("accounts.join.with-account"), () => joinWith(keyring, practice))
        : actButton(t("accounts.join.begin"), () => start(invitation)),
    ],
  };
}

async function start(invitation: Invitation): Promise<void> {
  await Promise.resolve();
  const profile: Profile = { given: invitation.given, family: invitation.family, profession: invitation.profession, rpps: invitation.rpps };
  const needsRpps = invitation.rpps === "" && invitation.roles.includes("practitioner");
  const flow: SignUp = {
    steps,
    registration: new Registration("professional"),
    path: `/api/invitations/${token}/accept`,
    extra: () => ({ ...profile }),
    after: (keyring) => waiting(keyring, invitation.practice.name),
  };
  if (!needsRpps) steps.show(askAddress(flow));
  else steps.show(profileStep({ ...invitation, profession: " " }, profile, true, () => { steps.show(askAddress(flow)); }));
}

async function joinWith(keyring: Keyring, practice: string): Promise<void> {
  await api.post(`/api/invitations/${token}/accept`);
  await waiting(keyring, practice);
}

/** The manager compares these words by telephone or at the next desk: a server in between cannot slip in a key. */
async function waiting(keyring: Keyring, practice: string): Promise<void> {
  forgetToken();
  const words = await fingerprintWords((await keyring.keys()).kemKey);
  steps.show({
    name: "waiting",
    title: t("accounts.join.waiting"),
    isFinal: true,
    content: () => [
      el("p", null, t("accounts.join.waiting-what", { practice })),
      el("p", { class: "words", lang: "fr" }, words.join(" · ")),
      notice("action", t("accounts.join.waiting-next")),
      el("div", { class: "actions" }, el("a", { class: "button", href: "/desk" }, t("accounts.join.desk"))),
    ],
  });
}
