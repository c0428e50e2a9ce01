/** /files/<id>: a patient's file. Without a relation, only by a written reason that the patient and the managers read. */

import { announce, button, choiceField, el, fill, need, notice, seal, showErrors, startShell, t, told, whileBusy } from "../face";
import { requireKeyring } from "../keys";
import { api, ApiError } from "../net";
import { openCompartment } from "../records";
import { VaultRefusal } from "../vault";
import { background } from "./desk/background";
import { consultationRow } from "./desk/consultation-row";
import { isLinked } from "./desk/linked";
import { REASONS, signedReason, type Reason } from "./desk/reasons";
import { refusal } from "./desk/refusals";
import { aged, fullName } from "./desk/request-view";
import type { Summary } from "./patient/api";
import type { Identity } from "./patient/store";

const place = need("#page");
const file = told("file");

startShell();
place.classList.add("stack");
const keyring = await requireKeyring();
await show();

async function show(reason?: string): Promise<void> {
  const heading = el("h1", null, t("desk.file"));
  const shut = seal("opening", { readers: t("desk.readers") });
  place.removeAttribute("aria-busy");
  fill(place, heading, shut.element);
  try {
    const opened = await openCompartment(keyring, file, "identity", reason === undefined ? "care" : "break-glass", reason === undefined ? {} : { reason });
    const identity = (opened.items.filter((one) => one.kind === "identity").at(-1)?.data ?? null) as Identity | null;
    heading.textContent = fullName(identity);
    shut.set("open", identity ? el("p", null, aged(identity)) : t("desk.no-name"));
    place.append(background(keyring, file, reason));
    if (reason !== undefined) tellBroken(reason);
    const mine = await consultations();
    if (mine) place.append(mine);
  } catch (error) {
    if (reason === undefined && isNoRelation(error)) {
      fill(place, heading, glass());
      return;
    }
    shut.set("sealed");
    place.append(refusal(error, { retry: () => void show(reason) }));
  }
}

/** What was opened by a reason alone says so for as long as it stands open. */
function tellBroken(reason: string): void {
  place.firstElementChild?.after(notice("harm", el("strong", null, t("desk.glass-broken")), t("desk.glass-said", { reason })));
  announce(t("desk.glass-broken"), true);
}

/** Mine of this file, those that the relation of care still opens: the others are not for this page to list. */
async function consultations(): Promise<HTMLElement | null> {
  const all = await api.get<readonly Summary[]>("/api/consultations").catch(() => []);
  const mine = all.filter((one) => one.file === file && (one.state === "taken" || (one.state === "closed" && isLinked(one, new Date()))));
  if (mine.length === 0) return null;
  return el("section", { class: "stack near", "aria-labelledby": "file-consultations" }, el("h2", { id: "file-consultations" }, t("desk.file-consultations")), el("ul", { class: "rows" }, mine.map((one) => consultationRow(keyring, one, false))));
}

function isNoRelation(error: unknown): boolean {
  return (error instanceof VaultRefusal && error.word === "relation") || (error instanceof ApiError && error.status === 404);
}

/** What it takes and what it costs, before it is done. */
function glass(): HTMLElement {
  const reason = choiceField(t("desk.glass-why"), "reason", REASONS.map((one) => ({ value: one, label: t(`desk.glass.${one}`) })));
  const open = button(t("desk.glass-open"), () => {
    const [chosen] = reason.values();
    if (!showErrors(box, [reason], chosen === undefined ? [{ field: reason, text: t("desk.glass-missing") }] : [])) return;
    void whileBusy(open, () => show(signedReason(chosen as Reason)));
  }, "harm", "key-round");
  const box = el("div", { class: "stack" }, notice("caution", el("strong", null, t("desk.glass-title")), t("desk.glass-what")), reason.element, el("div", { class: "actions" }, open, el("a", { class: "button second", href: "/desk" }, t("desk.back"))));
  return box;
}
