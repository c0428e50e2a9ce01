/** A switch: turned at once, and back again when that could not be done. */

import { el } from "../../face";

export function switchOf(now: boolean, words: (isOn: boolean) => string, turn: (isOn: boolean) => Promise<void> | void): HTMLElement {
  let isOn = now;
  const text = el("span");
  const control = el("button", { type: "button", role: "switch", class: "switch", onclick: () => void press() }, el("span", { class: "switch-knob", "aria-hidden": "true" }), text);
  const draw = (): void => {
    control.setAttribute("aria-checked", String(isOn));
    text.textContent = words(isOn);
  };
  const press = async (): Promise<void> => {
    const before = isOn;
    isOn = !before;
    draw();
    try {
      await turn(!before);
    } catch {
      isOn = before;
      draw();
    }
  };
  draw();
  return control;
}
