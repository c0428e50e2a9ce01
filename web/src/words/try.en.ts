import type { trying as french } from "./try.fr";

export const trying: Record<keyof typeof french, string> = {
  "try.no-people": "The demo practice is being made",
  "try.no-people-text": "Its keys are being made: a few more seconds.",
  "try.code": "Code: {code} ({n|# more second|# more seconds})",
  "try.copy": "Copy",
  "try.copied": "Copied",
  "try.no-letters": "No letter yet",
  "try.no-letters-text": "Verification codes and notices will appear here.",
  "try.read": "Read",
};
