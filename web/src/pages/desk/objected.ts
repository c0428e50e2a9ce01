/** What a patient objects to: who, which part, when, why; shown once the ledger has proven the line. */

import { dayAndTime, el, fill, icon, notice, sentenceOf, t } from "../../face";
import { api, ApiError } from "../../net";
import { proveLine } from "../../vault";
import type { Named } from "../patient/api";
import { openingOf, type Opening } from "../patient/openings";

interface Objected {
  readonly seq: number;
  readonly record: string;
  readonly line: string | null;
}

export function objectedAct(one: Objected): HTMLElement {
  const place = el("div");
  if (one.line !== null) void show(place, one, one.line);
  return place;
}

async function show(place: HTMLElement, { seq, record }: Objected, text: string): Promise<void> {
  try {
    const opening = openingOf(await proveLine(text));
    if (opening?.seq !== seq || opening.record !== record) throw new ApiError(0, "odd", t("desk.objected-other"));
    fill(place, described(opening, await nameOf(opening.actor)));
  } catch (error) {
    fill(place, notice("harm", el("strong", null, t("desk.objected-unproven")), sentenceOf(error)));
  }
}

async function nameOf(person: string): Promise<string> {
  const [found] = await api.get<readonly Named[]>(`/api/people?ids=${person}`).catch(() => []);
  return found ? `${found.given} ${found.family}, ${found.profession}` : t("desk.objected-stranger");
}

function described(opening: Opening, who: string): HTMLElement {
  const facts = [
    [t("desk.objected-who"), who],
    [t("desk.objected-part"), t(`desk.part.${opening.part}`)],
    [t("desk.objected-when"), dayAndTime(opening.time)],
    [t("desk.objected-why"), t(`desk.objected-why.${opening.relation}`)],
  ] as const;
  return el(
    "div",
    { class: "stack tight" },
    el("dl", { class: "facts compact" }, facts.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value)))),
    el("p", { class: "seal-line" }, icon("shield-check"), el("span", null, t("desk.objected-proven", { n: String(opening.seq) }))),
  );
}
