/** /files/<id>: a patient's file. Without a relation, only by a written reason that the patient and the managers read. */

import { announce, arrive, button, choiceField, el, fill, need, notice, seal, showErrors, startShell, t, told, whileBusy, type Seal } from "../face";
import { requireKeyring } from "../keys";
import { api, ApiError } from "../net";
import { openCompartment, type Compartment } from "../records";
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

async function show(): Promise<void> {
  const heading = el("h1", null, t("desk.file"));
  const shut = seal("opening", { readers: t("desk.readers") });
  place.removeAttribute("aria-busy");
  fill(place, heading, shut.element);
  try {
    await showOpened(heading, shut, await openCompartment(keyring, file, "identity", "care"));
  } catch (error) {
    if (isNoRelation(error)) {
      fill(place, heading, glass(heading, shut));
      return;
    }
    shut.set("sealed");
    place.append(refusal(error, { retry: () => void show() }));
  }
}

async function showOpened(heading: HTMLElement, shut: Seal, opened: Compartment, reason?: string): Promise<void> {
  const identity = (opened.items.filter((one) => one.kind === "identity").at(-1)?.data ?? null) as Identity | null;
  heading.textContent = fullName(identity);
  shut.set("open", identity ? el("p", null, aged(identity)) : t("desk.no-name"));
  fill(place, heading, shut.element, background(keyring, file, reason));
  if (reason !== undefined) tellBroken(reason);
  const mine = await consultations();
  if (mine) place.append(mine);
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

/** What it takes and what it costs, before it is done. A connection that fails leaves the form as it is, with the reason chosen. */
function glass(heading: HTMLElement, shut: Seal): HTMLElement {
  const reason = choiceField(t("desk.glass-why"), "reason", REASONS.map((one) => ({ value: one, label: t(`desk.glass.${one}`) })));
  const trouble = el("div");
  const breakGlass = async (why: string): Promise<void> => {
    fill(trouble);
    try {
      await showOpened(heading, shut, await openCompartment(keyring, file, "identity", "break-glass", { reason: why }), why);
      arrive(place);
    } catch (error) {
      fill(trouble, refusal(error));
    }
  };
  const open = button(t("desk.glass-open"), () => {
    const [chosen] = reason.values();
    if (!showErrors(box, [reason], chosen === undefined ? [{ field: reason, text: t("desk.glass-missing") }] : [])) return;
    void whileBusy(open, () => breakGlass(signedReason(chosen as Reason)));
  }, "harm", "key-round");
  const box = el("div", { class: "stack" }, notice("caution", el("strong", null, t("desk.glass-title")), t("desk.glass-what")), reason.element, trouble, el("div", { class: "actions" }, open, el("a", { class: "button second", href: "/desk" }, t("desk.back"))));
  return box;
}
