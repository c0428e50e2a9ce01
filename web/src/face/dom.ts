/** Build DOM without any string of markup: every text becomes a text node. */

export type Child = Node | string | number | false | null | undefined | readonly Child[];

type Listener = (event: Event) => void;
export type AttributeValue = string | number | boolean | null | undefined | Listener | Readonly<Record<string, string>>;

/**
 * `class`, `id`, `aria-…`: attributes. `true` sets an empty attribute; `false`, null and undefined leave it out
 * (write "false" where ARIA wants the word). `onclick` and its like: listeners. `value`, `checked`: live properties.
 */
export type Attributes = Readonly<Record<string, AttributeValue>>;

const PROPERTIES: ReadonlySet<string> = new Set(["value", "checked", "indeterminate", "srcObject", "muted"]);

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Attributes | null,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (attributes) for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  append(element, children);
  return element;
}

/** Empty `parent`, then fill it. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** A text in which the values are elements: `parts("Écrit par {who}.", { who: el("strong", null, name) })`. */
export function parts(text: string, values: Readonly<Record<string, Child>>): Child[] {
  return text.split(/(\{\w+\})/).map((piece) => (/^\{\w+\}$/.test(piece) ? values[piece.slice(1, -1)] : piece));
}

let counter = 0;

/** An id that no other element of the page has. */
export function freshId(prefix: string): string {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** The element that the template promises. */
export function need<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/** What the template tells the page's script: `<main data-consultation="…">`. */
export function told(name: string): string {
  return need("main").dataset[name] ?? "";
}

function set(element: HTMLElement, name: string, value: AttributeValue): void {
  if (value === false || value === null || value === undefined) return;
  if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
  else if (typeof value === "object") Object.assign(element.dataset, value);
  else if (PROPERTIES.has(name)) Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    if (Array.isArray(child)) append(parent, child as readonly Child[]);
    else parent.append(typeof child === "number" ? String(child) : (child as Node | string));
  }
}
