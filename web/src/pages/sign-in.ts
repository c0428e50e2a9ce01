/** `/sign-in`: passkey first. */

import { el, need, startShell, t } from "../face";
import { signIn } from "./accounts/sign-in-steps";
import { Steps } from "./accounts/steps";

startShell();

const main = need("#steps");
const steps = new Steps(main);
steps.show(
  signIn(steps, { title: t("accounts.sign-in.title"), lead: t("accounts.sign-in.lead"), passkey: t("accounts.sign-in.passkey") }),
);
// Before anyone signs in: the account may have been closed by who took its address over, and its records be on their way to them.
const refusing = el("div", { class: "said-first", "aria-live": "polite" });
main.before(refusing);
void import("./accounts/grants").then(({ showGrants }) => showGrants(refusing)).catch(() => undefined);
