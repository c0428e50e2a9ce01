/** What the two screens of this room draw with: the face's elements, icons and words. */

export { el } from "../face/dom";
export { icon, type IconName } from "../face/icon";
export { capital, t as say } from "../words";

/** Sets text only when it differs: a live region reads every write aloud. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
