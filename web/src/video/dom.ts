/** Elements and words of this room's two screens, without markup in strings. */

import { en } from "../words/video.en";
import { fr, type VideoKey } from "../words/video.fr";

type Child = Node | string | null;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

/** Says it in the page's language. */
export function say(key: VideoKey, values: Readonly<Record<string, string>> = {}): string {
  const words = document.documentElement.lang.startsWith("en") ? en : fr;
  return words[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** Sets text only when it differs: a live region reads every write aloud. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
