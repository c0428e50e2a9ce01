/**
 * The seal: how sealed text looks, and who can read it. Put it around what was sealed and around nothing else.
 */

import { t } from "../words";
import { el, fill, type Child } from "./dom";
import { icon, type IconName } from "./icon";
import { dayAndTime, type Moment } from "./when";

export type SealState = "sealed" | "opening" | "open" | "broken";

export interface Reader {
  readonly who: string;
  readonly at?: Moment;
}

export interface SealOptions {
  /** In words: "vous et le cabinet des Tilleuls". */
  readonly readers?: string;
  /** Who has read it, as far as the ledger says. */
  readonly readBy?: readonly Reader[];
  /** Several seals stand close together (a thread): the line under each is left out. */
  readonly bare?: boolean;
}

export interface Seal {
  readonly element: HTMLElement;
  /** Show the opened content, or blank lines while it is shut. */
  set(state: SealState, ...content: readonly Child[]): void;
  setReadBy(readers: readonly Reader[]): void;
}

const ICONS: Record<SealState, IconName> = { sealed: "mail", opening: "mail", open: "mail-open", broken: "triangle-alert" };

export function seal(state: SealState, options: SealOptions = {}): Seal {
  const body = el("div", { class: "seal-body" });
  const line = el("div", { class: "seal-line" });
  const element = el("div", { class: "sealed" }, body, options.bare ? null : line);
  let shown: SealState = state;
  let readBy = options.readBy ?? [];

  function drawLine(): void {
    fill(line, icon(ICONS[shown]), el("span", null, sentence(shown, options.readers)), shown === "open" && whoRead(readBy));
  }

  function set(next: SealState, ...content: readonly Child[]): void {
    shown = next;
    element.dataset["state"] = next;
    if (next === "opening") element.setAttribute("aria-busy", "true");
    else element.removeAttribute("aria-busy");
    if (content.length > 0) fill(body, ...content);
    else if (next !== "open") fill(body, blank());
    drawLine();
  }

  set(state);
  return {
    element,
    set,
    setReadBy(readers) {
      readBy = readers;
      drawLine();
    },
  };
}

function sentence(state: SealState, readers = ""): string {
  if (state === "opening") return t("face.seal.opening");
  if (state === "broken") return t("face.seal.broken");
  if (readers === "") return t(state === "open" ? "face.seal.open" : "face.seal.sealed");
  return t("face.seal.readers", { readers });
}

function whoRead(readers: readonly Reader[]): Child {
  if (readers.length === 0) return null;
  const rows = readers.map((one) => el("li", null, one.at ? t("face.seal.read-at", { who: one.who, when: dayAndTime(one.at) }) : one.who));
  return el("details", null, el("summary", null, t("face.seal.who-read", { n: readers.length })), el("ul", { class: "seal-who" }, rows));
}

function blank(): HTMLElement {
  return el("div", { class: "seal-blank", "aria-hidden": "true" }, el("span"), el("span"), el("span"));
}
