/** `/step-up`: who has used their budget up touches their passkey, and the vault gives one more bucket (docs/spec/key-release.md, "Step-up"). */

import { arrive, dayAndTime, el, failure, failureOf, fill, need, notice, startShell, type FailureWords } from "../face";
import { PasskeyError, requireKeyring } from "../keys";
import { VaultRefusal } from "../vault";
import { speaker } from "../words";
import { stepUp as english } from "../words/step-up.en";
import { stepUp as french } from "../words/step-up.fr";
import { actButton } from "./accounts/form";
import { nextPath } from "./accounts/next";
import { stepUp } from "./desk/step-up";

const tu = speaker(french, english);
const place = need("#page");

startShell();
const keyring = await requireKeyring();
place.removeAttribute("aria-busy");
const back = nextPath() ?? "/desk";
show();

function show(): void {
  fill(
    place,
    el("h1", null, tu("title")),
    el("p", { class: "lead" }, tu("lead")),
    notice("caution", tu("once")),
    el("p", { class: "quiet-text" }, tu("written")),
    actButton(tu("touch"), touch, { icon: "key-round", failed: (error) => whyNot(error) }),
    el("p", null, el("a", { href: back }, tu("back"))),
  );
  arrive(place);
}

async function touch(): Promise<void> {
  await stepUp(keyring);
  fill(
    place,
    el("h1", null, tu("done")),
    el("p", null, tu("done-what")),
    el("div", { class: "actions" }, el("a", { class: "button", href: back }, tu("go-on"))),
  );
  arrive(place);
}

function whyNot(error: unknown): HTMLElement {
  const words = wordsOf(error);
  return words ? failure({ tone: "caution", ...words }) : failureOf(error);
}

function wordsOf(error: unknown): FailureWords | null {
  if (error instanceof PasskeyError) return { happened: tu("cancelled"), next: tu("cancelled-what") };
  if (!(error instanceof VaultRefusal)) return null;
  switch (error.word) {
    case "conflict":
      return { happened: tu("already"), next: tu("already-what") };
    case "not-found":
      return { happened: tu("unknown"), next: tu("unknown-what"), link: { href: "/account", text: tu("account") } };
    case "too-soon":
      return { happened: tu("soon"), next: error.retryAt ? tu("soon-what", { when: dayAndTime(error.retryAt) }) : "" };
    default:
      return null;
  }
}
