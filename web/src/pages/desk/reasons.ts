/** Set sentences for opening without a relation, so that nothing of care is written where the vault can read it. */

import { t } from "../../face";

export const REASONS = ["emergency", "handover", "request", "follow-up"] as const;
export type Reason = (typeof REASONS)[number];

/** As it is signed: the vault takes plain spaces only, and a page's words have some that do not break. */
export function signedReason(reason: Reason): string {
  return t(`desk.glass.${reason}`).replace(/\s/g, " ");
}
