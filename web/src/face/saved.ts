/** "Enregistré à 14:32": what happened to what was just typed. */

import { t } from "../words";
import { el, fill } from "./dom";
import { icon } from "./icon";
import { clockTime, type Moment } from "./when";

export type SavedState = { readonly state: "empty" | "saving" | "offline" | "failed" } | { readonly state: "saved"; readonly at: Moment };

export interface Saved {
  readonly element: HTMLElement;
  set(state: SavedState): void;
}

export function savedMark(): Saved {
  const element = el("p", { class: "saved", role: "status" });
  return {
    element,
    set(told) {
      element.dataset["state"] = told.state;
      if (told.state === "empty") fill(element);
      else if (told.state === "saving") fill(element, icon("refresh-cw"), t("face.saving"));
      else if (told.state === "saved") fill(element, icon("check"), t("face.saved-at", { time: clockTime(told.at) }));
      else fill(element, icon("wifi-off"), t(told.state === "offline" ? "face.saved-offline" : "face.saved-failed"));
    },
  };
}
