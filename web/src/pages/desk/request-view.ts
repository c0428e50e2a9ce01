/** What a patient asks and answers, opened for who may read it: identity, motive, place, answers, consents. */

import { dateInWords, el, fill, seal, t, type Child } from "../../face";
import type { Keyring } from "../../keys";
import { linesOf, type QuestionnaireResponse } from "../../questionnaire";
import { openCompartment, type OpenedItem } from "../../records";
import type { Identity } from "../patient/store";
import { ageAt } from "./age";
import { refusal } from "./refusals";

export interface Opened {
  readonly identity: Identity | null;
  readonly items: readonly OpenedItem[];
}

export interface Place {
  readonly consultation: string;
  readonly file: string;
}

/** Both openings at once: each has its line, and they go in one question to the vault. */
export async function openRequest(keyring: Keyring, { consultation, file }: Place, purpose: string): Promise<Opened> {
  const [identity, request] = await Promise.all([openCompartment(keyring, file, "identity", purpose), openCompartment(keyring, consultation, "request", purpose)]);
  const found = identity.items.filter((one) => one.kind === "identity").at(-1);
  return { identity: found ? (found.data as Identity) : null, items: request.items };
}

export function fullName(identity: Identity | null): string {
  return identity ? `${identity.given} ${identity.family}`.trim() : t("desk.no-name");
}

/** Shows the request in `place`; calls back with what was opened, for the page's own headings. */
export async function showRequest(place: HTMLElement, keyring: Keyring, where: Place, purpose: string, onOpened: (opened: Opened) => void = () => undefined): Promise<void> {
  const shut = seal("opening", { readers: t("desk.readers") });
  fill(place, shut.element);
  try {
    const opened = await openRequest(keyring, where, purpose);
    shut.set("open", requestOf(opened));
    onOpened(opened);
  } catch (error) {
    shut.set("sealed");
    place.append(refusal(error, { retry: () => void showRequest(place, keyring, where, purpose, onOpened), file: where.file }));
  }
}

function requestOf({ identity, items }: Opened): Child {
  const data = (kind: string): unknown => items.filter((one) => one.kind === kind).at(-1)?.data;
  const motive = data("motive") as { text?: string; place?: { kind?: string; town?: string } } | undefined;
  const words = items.filter((one) => one.kind === "transfer").map((one) => (one.data as { text?: string }).text ?? "");
  return el(
    "div",
    { class: "stack near" },
    identity ? el("p", { class: "lead" }, el("strong", null, fullName(identity)), `, ${aged(identity)}`) : null,
    words.map((text) => el("div", { class: "notice", "data-tone": "action" }, el("div", null, el("strong", null, t("desk.transfer-word")), el("p", { class: "written" }, text)))),
    el("h3", null, t("desk.motive")),
    el("p", { class: "written" }, motive?.text ?? ""),
    motive?.place?.town ? el("p", { class: "quiet-text" }, t("desk.place", { town: motive.place.town })) : null,
    answersOf(data("questionnaire-response") as QuestionnaireResponse | undefined),
  );
}

/** "70 ans, née le 14 mars 1956" */
export function aged(identity: Identity): string {
  return t(`desk.aged.${identity.sex}`, { n: ageAt(identity.birth_date, new Date()), born: dateInWords(identity.birth_date) });
}

function answersOf(response: QuestionnaireResponse | undefined): Child {
  if (!response) return null;
  const words = { yes: t("desk.yes"), no: t("desk.no"), day: dateInWords, number: (value: number): string => value.toLocaleString(document.documentElement.lang) };
  const lines = linesOf(response, words);
  if (lines.length === 0) return null;
  return [el("h3", null, t("desk.answers")), el("dl", { class: "facts compact" }, lines.map(([question, answer]) => el("div", null, el("dt", null, question), el("dd", null, answer))))];
}
