/** /files/<id>: a patient's file. Without a relation, only by a written reason that the patient and the managers read. */

import { announce, button, choiceField, dateInWords, el, failureOf, fill, need, notice, seal, showErrors, startShell, t, told, whileBusy } from "../face";
import { requireKeyring } from "../keys";
import { ApiError } from "../net";
import { openCompartment } from "../records";
import { VaultRefusal } from "../vault";
import { background } from "./desk/background";
import { fullName } from "./desk/request-view";
import type { Identity } from "./patient/store";

const place = need("#page");
const file = told("file");
const REASONS = ["emergency", "handover", "request", "follow-up"] as const;

startShell();
const keyring = await requireKeyring();
await show();

async function show(reason?: string): Promise<void> {
  const heading = el("h1", null, t("desk.file"));
  const shut = seal("opening", { readers: t("desk.readers") });
  fill(place, heading, shut.element);
  try {
    const opened = await openCompartment(keyring, file, "identity", reason === undefined ? "care" : "break-glass", reason === undefined ? {} : { reason });
    const identity = (opened.items.filter((one) => one.kind === "identity").at(-1)?.data ?? null) as Identity | null;
    heading.textContent = fullName(identity);
    shut.set("open", identity ? el("p", null, t("desk.born", { day: dateInWords(identity.birth_date) })) : t("desk.no-name"));
    place.append(background(keyring, file, reason));
    if (reason !== undefined) announce(t("desk.glass-broken"), true);
  } catch (error) {
    if (reason === undefined && isNoRelation(error)) {
      fill(place, heading, glass());
      return;
    }
    shut.set("sealed");
    place.append(failureOf(error, "", () => void show(reason)));
  }
}

function isNoRelation(error: unknown): boolean {
  return (error instanceof VaultRefusal && error.word === "relation") || (error instanceof ApiError && error.status === 404);
}

/** Set sentences, so that nothing of care is written where the vault can read it. */
function glass(): HTMLElement {
  const reason = choiceField(t("desk.glass-why"), "reason", REASONS.map((one) => ({ value: one, label: t(`desk.glass.${one}`) })));
  const open = button(t("desk.glass-open"), () => {
    const [chosen] = reason.values();
    if (!showErrors(box, [reason], chosen === undefined ? [{ field: reason, text: t("desk.glass-missing") }] : [])) return;
    void whileBusy(open, () => show(t(`desk.glass.${chosen as (typeof REASONS)[number]}`)));
  }, "harm", "key-round");
  const box = el("div", { class: "stack" }, notice("caution", el("strong", null, t("desk.glass-title")), t("desk.glass-what")), reason.element, el("div", { class: "actions" }, open, el("a", { class: "button second", href: "/desk" }, t("desk.back"))));
  return box;
}
