/** What the vault refuses a practitioner, in sentences with the next step; every other failure as everywhere. */

import { clockTime, failure, failureOf, t, type FailureWords } from "../../face";
import { ApiError } from "../../net";
import { VaultRefusal } from "../../vault";

export interface Way {
  readonly retry?: () => void;
  /** The file that was asked for: where nothing relates one to it, its own page says what is possible. */
  readonly file?: string;
}

export function refusal(error: unknown, way: Way = {}): HTMLElement {
  const words = wordsOf(error, way);
  return words ? failure(words) : failureOf(error, undefined, way.retry);
}

/** Pure but for the words of the page's language; null for what is no refusal of the vault's. */
export function wordsOf(error: unknown, { retry, file }: Way = {}): FailureWords | null {
  const again = retry ? { retry } : {};
  switch (wordOf(error)) {
    case "budget":
    case "rate":
      return { happened: t("desk.refusal.budget"), safe: t("desk.refusal.budget-why"), next: whenAgain(error), tone: "caution", ...again, ...stepUp(error) };
    case "frozen":
      return { happened: t("desk.refusal.frozen"), safe: t("desk.refusal.frozen-why"), next: t("desk.refusal.frozen-next"), ...again };
    case "history-shut":
      return { happened: t("desk.refusal.history"), safe: t("desk.refusal.history-why"), tone: "caution", ...again };
    case "revoked":
    case "unknown-device":
      return { happened: t("desk.refusal.device"), next: t("desk.refusal.device-next"), link: { href: "/account", text: t("desk.refusal.account") } };
    case "relation":
      return {
        happened: t("desk.refusal.relation"),
        safe: t("desk.refusal.relation-why"),
        tone: "caution",
        link: file === undefined ? { href: "/desk", text: t("desk.back") } : { href: `/files/${file}`, text: t("desk.refusal.file") },
      };
    case "clock":
      return { happened: t("desk.refusal.clock"), safe: t("desk.refusal.clock-why"), next: t("desk.refusal.clock-next"), tone: "caution", ...again };
    default:
      return null;
  }
}

function wordOf(error: unknown): string | null {
  if (error instanceof VaultRefusal) return error.word;
  return error instanceof ApiError ? error.error : null;
}

/** Where the reader's own room is used up, a passkey widens it; not where it is the practice's. */
function stepUp(error: unknown): Pick<FailureWords, "link"> {
  if (!(error instanceof VaultRefusal) || !["device", "person"].includes(error.level)) return {};
  return { link: { href: `/step-up?next=${encodeURIComponent(globalThis.location?.pathname ?? "/desk")}`, text: t("desk.refusal.step-up") } };
}

function whenAgain(error: unknown): string {
  const at = error instanceof VaultRefusal || error instanceof ApiError ? error.retryAt : null;
  return at === null ? t("desk.refusal.budget-later") : t("desk.refusal.budget-at", { time: clockTime(at) });
}
