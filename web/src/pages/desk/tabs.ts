/** On a phone one part at a time, chosen by tabs; on a wide screen all parts side by side, and no tabs. */

import { el, fill, icon, t, type IconName } from "../../face";

export interface Part {
  readonly name: string;
  readonly label: string;
  readonly icon: IconName;
  readonly panel: HTMLElement;
}

const NARROW = "(max-width: 64rem)";

export class Tabs {
  readonly element: HTMLElement;
  readonly #parts: readonly Part[];
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #narrow = matchMedia(NARROW);
  readonly #arrange = (): void => { this.#show(); };
  #chosen: string;

  constructor(label: string, parts: readonly Part[]) {
    this.#parts = parts;
    this.#chosen = parts[0]?.name ?? "";
    this.element = el("div", { class: "desk-tabs", role: "tablist", "aria-label": label, onkeydown: (event) => { this.#move(event as KeyboardEvent); } });
    for (const part of parts) {
      part.panel.id = `part-${part.name}`;
      const tab = el("button", { type: "button", role: "tab", id: `tab-${part.name}`, "aria-controls": part.panel.id, onclick: () => { this.choose(part.name); } });
      this.#buttons.set(part.name, tab);
      this.element.append(tab);
    }
    this.#narrow.addEventListener("change", this.#arrange);
    this.#show();
  }

  choose(name: string): void {
    this.#chosen = name;
    this.#show();
  }

  /** Something came where nobody looks. */
  mark(name: string): void {
    const part = this.#parts.find((one) => one.name === name);
    if (part && this.#narrow.matches && this.#chosen !== name) this.#label(part, true);
  }

  destroy(): void {
    this.#narrow.removeEventListener("change", this.#arrange);
  }

  #show(): void {
    const isNarrow = this.#narrow.matches;
    for (const part of this.#parts) {
      const isChosen = part.name === this.#chosen;
      const tab = this.#buttons.get(part.name);
      tab?.setAttribute("aria-selected", String(isChosen));
      tab?.setAttribute("tabindex", isChosen ? "0" : "-1");
      if (isChosen || tab?.childElementCount === 0) this.#label(part, false);
      part.panel.hidden = isNarrow && !isChosen;
      for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", `tab-${part.name}`]] as const) {
        if (isNarrow) part.panel.setAttribute(name, value);
        else part.panel.removeAttribute(name);
      }
    }
  }

  #label(part: Part, isNews: boolean): void {
    const tab = this.#buttons.get(part.name);
    if (tab) fill(tab, icon(part.icon), el("span", null, part.label), isNews ? el("span", { class: "desk-news" }, t("desk.news")) : null);
  }

  #move(event: KeyboardEvent): void {
    const at = this.#parts.findIndex((one) => one.name === this.#chosen);
    const last = this.#parts.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    const part = to === undefined ? undefined : this.#parts[to];
    if (!part) return;
    event.preventDefault();
    this.choose(part.name);
    this.#buttons.get(part.name)?.focus();
  }
}
