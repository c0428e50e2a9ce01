/** `/sign-in`: passkey first. */

import { need, startShell, t } from "../face";
import { signIn } from "./accounts/sign-in-steps";
import { Steps } from "./accounts/steps";

startShell();

const steps = new Steps(need("#steps"));
steps.show(
  signIn(steps, { title: t("accounts.sign-in.title"), lead: t("accounts.sign-in.lead"), passkey: t("accounts.sign-in.passkey") }),
);
