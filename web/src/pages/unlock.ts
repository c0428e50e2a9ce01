/** `/unlock`: the session is there, the keys are not; browsers empty their stores. The same proof brings them back. */

import { need, startShell, t } from "../face";
import { signIn } from "./accounts/sign-in-steps";
import { Steps } from "./accounts/steps";

startShell();

const steps = new Steps(need("#steps"));
steps.show(
  signIn(steps, { title: t("accounts.unlocking.title"), lead: t("accounts.unlocking.lead"), passkey: t("accounts.unlocking.passkey") }),
);
