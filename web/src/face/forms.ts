/** Fields, choices, and errors tied to the field they speak of, with a summary that leads to each. */

import { capital, t } from "../words";
import { announce } from "./announce";
import { el, freshId, type Attributes, type Child } from "./dom";

export interface FieldOptions {
  readonly hint?: string;
  /** After the input: "kg". */
  readonly unit?: string;
  readonly optional?: boolean;
  /** Its label is the page's heading. */
  readonly asHeading?: boolean;
}

export interface Field<Input extends HTMLElement = HTMLElement> {
  readonly element: HTMLElement;
  readonly input: Input;
  readonly label: string;
}

export function textField(label: string, attributes: Attributes = {}, options: FieldOptions = {}): Field<HTMLInputElement> {
  const input = el("input", { type: "text", ...attributes });
  return dressed(label, input, options);
}

export function textArea(label: string, attributes: Attributes = {}, options: FieldOptions = {}): Field<HTMLTextAreaElement> {
  return dressed(label, el("textarea", attributes), options);
}

export function selectField(
  label: string,
  choices: readonly Choice[],
  attributes: Attributes = {},
  options: FieldOptions = {},
): Field<HTMLSelectElement> {
  const input = el(
    "select",
    attributes,
    choices.map((one) => el("option", { value: one.value, selected: one.checked, disabled: one.disabled }, one.label)),
  );
  return dressed(label, input, options);
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly checked?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

export interface ChoiceField extends Field<HTMLFieldSetElement> {
  values(): string[];
}

/** Radio cards, or check cards with `many`. */
export function choiceField(label: string, name: string, choices: readonly Choice[], options: FieldOptions & { readonly many?: boolean } = {}): ChoiceField {
  const hintId = freshId("hint");
  const cards = choices.map((one) => choiceCard(one, name, options.many ? "checkbox" : "radio"));
  const input = el(
    "fieldset",
    { class: "field", "aria-describedby": options.hint ? hintId : undefined },
    el("legend", null, options.asHeading ? el("h1", { tabindex: "-1" }, label) : labelText(label, options)),
    options.hint ? el("p", { class: "hint", id: hintId }, options.hint) : null,
    el("div", { class: "choices" }, cards),
  );
  const values = (): string[] => [...input.querySelectorAll<HTMLInputElement>("input:checked")].map((one) => one.value);
  return { element: input, input, label, values };
}

function choiceCard(choice: Choice, name: string, type: "radio" | "checkbox"): HTMLElement {
  const input = el("input", { type, name, value: choice.value, checked: choice.checked, disabled: choice.disabled });
  const text = el("span", { class: "choice-text" }, el("span", null, choice.label), choice.hint ? el("small", null, choice.hint) : null);
  return el("label", { class: "choice" }, input, text);
}

function dressed<Input extends HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(label: string, input: Input, options: FieldOptions): Field<Input> {
  if (!input.id) input.id = freshId("field");
  const hintId = `${input.id}-hint`;
  if (options.hint) input.setAttribute("aria-describedby", hintId);
  const words = el("label", { for: input.id }, labelText(label, options));
  const element = el(
    "div",
    { class: "field" },
    options.asHeading ? el("h1", { tabindex: "-1" }, words) : words,
    options.hint ? el("p", { class: "hint", id: hintId }, options.hint) : null,
    options.unit ? el("div", { class: "with-unit" }, input, el("span", null, options.unit)) : input,
  );
  return { element, input, label };
}

function labelText(label: string, options: FieldOptions): Child {
  return options.optional ? [label, " ", el("small", { class: "quiet-text" }, t("face.optional"))] : label;
}

/** Says what is wrong with a field, beside it; an empty text takes it back. */
export function setError(field: Field, text: string): void {
  field.element.querySelector(":scope > .error")?.remove();
  const target = field.input;
  const id = `${target.id || (target.id = freshId("field"))}-error`;
  const described = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one !== "" && one !== id);
  if (text === "") {
    target.removeAttribute("aria-invalid");
  } else {
    described.unshift(id);
    if (target.tagName !== "FIELDSET") target.setAttribute("aria-invalid", "true");
    const error = el("p", { class: "error", id }, el("span", { class: "aloud" }, t("face.error-prefix")), " ", capital(text));
    const before = target.tagName === "FIELDSET" ? target.querySelector(":scope > .choices") : (target.closest(".with-unit") ?? target);
    if (before) before.before(error);
    else field.element.append(error);
  }
  if (described.length > 0) target.setAttribute("aria-describedby", described.join(" "));
  else target.removeAttribute("aria-describedby");
}

/** The first thing of a field that can take the focus. */
export function focusField(field: Field): void {
  const target = field.input.tagName === "FIELDSET" ? field.input.querySelector<HTMLElement>("input") : field.input;
  target?.focus();
}

export interface Trouble {
  readonly field: Field;
  readonly text: string;
}

/** Ties each trouble to its field and puts a summary at the head of `form`, with the focus. Returns whether there is none. */
export function showErrors(form: HTMLElement, fields: readonly Field[], troubles: readonly Trouble[]): boolean {
  form.querySelector(":scope > .error-summary")?.remove();
  for (const field of fields) setError(field, troubles.find((one) => one.field === field)?.text ?? "");
  if (troubles.length === 0) return true;
  const links = troubles.map((one) => el("li", null, summaryLink(one)));
  const summary = el(
    "div",
    { class: "error-summary", role: "alert", tabindex: "-1" },
    el("h2", null, t("face.errors", { n: troubles.length })),
    el("ul", null, links),
  );
  form.prepend(summary);
  summary.focus();
  announce(t("face.errors", { n: troubles.length }), true);
  return false;
}

function summaryLink(trouble: Trouble): HTMLElement {
  const follow = (event: Event): void => {
    event.preventDefault();
    focusField(trouble.field);
  };
  const { label } = trouble.field;
  const words = /[?!]$/.test(label) ? `${label} ${capital(trouble.text)}` : `${label}\u00a0: ${trouble.text}`;
  return el("a", { href: `#${trouble.field.input.id}`, onclick: follow }, words);
}
