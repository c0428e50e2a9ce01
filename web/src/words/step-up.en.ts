import type { stepUp as french } from "./step-up.fr";

export const stepUp: Readonly<Record<keyof typeof french, string>> = {
  title: "Widen the limit",
  lead: "You have opened many records. If it is you, and the work asks for it, your passkey doubles your limit for twenty-four hours.",
  once: "Once only. Whoever uses up that second limit too is frozen, and then it takes two people to lift the freeze.",
  written: "It is written in the ledger, and the managers of the practice see it.",
  touch: "Touch my passkey",
  back: "Go back without widening",
  done: "Your limit is doubled until tomorrow",
  "done-what": "Go on where you were.",
  "go-on": "Go on",
  already: "It is doubled already",
  "already-what": "The limit has been widened within the last twenty-four hours. Wait, or ask two managers to change it.",
  unknown: "The vault does not know this passkey",
  "unknown-what": "Only passkeys that were added since this version, by a browser that shows their public half, can widen a limit. Add one in “My account”: it serves here after the delay of caution, three days as a rule. Until then wait, or ask two managers.",
  account: "My account",
  soon: "This passkey is too new",
  "soon-what": "It can widen a limit from: {when}. That is so that a passkey which someone else added is of no use at once.",
  cancelled: "Nothing was confirmed",
  "cancelled-what": "The passkey’s window was closed. Nothing has changed.",
};
