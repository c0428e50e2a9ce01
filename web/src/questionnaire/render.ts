/** One page of a questionnaire as fields: what is not asked is not on the page, and what was typed is kept. */

import { announce, choiceField, el, focusField, notice, showErrors, t, textArea, textField, type Choice, type Field, type Trouble } from "../face";
import { type Answer, type Item, type Questionnaire } from "./fhir";
import { enabledItems, faultsOf, type Answers, type Fault } from "./logic";
import { isOption, optionText, readTyped, typedOf, unitOf } from "./read";

export interface PageHandle {
  readonly element: HTMLElement;
  /** Says what is wrong, with the focus on it; true when nothing is. */
  check(): boolean;
}

export interface PageOptions {
  readonly questionnaire: Questionnaire;
  readonly page: Item;
  readonly answers: Answers;
  /** After each change, with all the answers. */
  readonly onchange: (answers: Answers) => void;
}

export function renderPage(options: PageOptions): PageHandle {
  return new Page(options);
}

interface Asked {
  readonly item: Item;
  readonly element: HTMLElement;
  readonly field: Field | null;
}

class Page implements PageHandle {
  readonly element = el("div", { class: "stack" });
  readonly #options: PageOptions;
  #answers: Answers;
  readonly #typed: Record<string, string> = {};
  readonly #made = new Map<string, Asked>();

  constructor(options: PageOptions) {
    this.#options = options;
    this.#answers = options.answers;
    this.#show();
  }

  check(): boolean {
    const enabled = enabledItems(this.#options.questionnaire, this.#answers);
    const faults = faultsOf(this.#options.page, this.#answers, enabled, this.#typed);
    const fields: Field[] = [];
    const troubles: Trouble[] = [];
    for (const { item, field } of this.#made.values()) {
      if (!field) continue;
      fields.push(field);
      const fault = faults.get(item.linkId);
      if (fault && enabled.has(item.linkId)) troubles.push({ field, text: sayFault(item, fault) });
    }
    const fine = showErrors(this.element, fields, troubles);
    const [only] = troubles;
    if (only && troubles.length === 1) focusField(only.field);
    return fine;
  }

  /** Puts the asked items in order; those already there are not touched, so that the focus and the caret stay. */
  #show(): void {
    const enabled = enabledItems(this.#options.questionnaire, this.#answers);
    const wanted = this.#elements(this.#options.page.item ?? [], enabled);
    const before = new Set(this.element.children);
    for (const child of [...this.element.children]) {
      if (!wanted.includes(child as HTMLElement) && !child.classList.contains("error-summary")) child.remove();
    }
    let added = 0;
    let last: Element | null = this.element.querySelector(":scope > .error-summary");
    for (const element of wanted) {
      if (!before.has(element)) added += 1;
      const next: Element | null = last ? last.nextElementSibling : this.element.firstElementChild;
      if (next !== element) this.element.insertBefore(element, next);
      last = element;
    }
    if (before.size > 0 && added > 0) announce(t("patient.questions-added", { n: added }));
  }

  #elements(items: readonly Item[], enabled: ReadonlySet<string>): HTMLElement[] {
    return items
      .filter((item) => enabled.has(item.linkId))
      .flatMap((item) => {
        const asked = this.#made.get(item.linkId) ?? this.#make(item);
        this.#made.set(item.linkId, asked);
        return [asked.element, ...this.#elements(item.item ?? [], enabled)];
      });
  }

  #make(item: Item): Asked {
    if (item.type === "group") return { item, field: null, element: el("h2", null, item.text ?? "") };
    if (item.type === "display") return { item, field: null, element: notice("caution", item.text ?? "") };
    const field = item.type === "boolean" || item.type === "choice" || item.type === "open-choice" ? this.#choices(item) : this.#typedField(item);
    return { item, field, element: field.element };
  }

  #typedField(item: Item): Field {
    const value = typedOf(this.#answers[item.linkId]?.[0]);
    const options = { optional: item.required !== true, ...unitOption(item) };
    const oninput = (event: Event): void => {
      const typed = (event.target as HTMLInputElement).value;
      this.#typed[item.linkId] = typed;
      this.#answer(item, readTyped(item, typed));
    };
    const attributes = { value, oninput, maxlength: item.maxLength, ...inputFor(item) };
    const label = item.text ?? item.linkId;
    return item.type === "text" ? textArea(label, attributes, options) : textField(label, attributes, options);
  }

  #choices(item: Item): Field {
    const given = this.#answers[item.linkId] ?? [];
    const options = optionsOf(item);
    const choices: Choice[] = options.map((one, index) => ({ value: String(index), label: one.label, checked: given.some((answer) => one.is(answer)) }));
    const field = choiceField(item.text ?? item.linkId, item.linkId, choices, { optional: item.required !== true, many: item.repeats === true });
    const other = item.type === "open-choice" ? textField(t("patient.other-answer"), { value: given.find((one) => one.valueString !== undefined)?.valueString ?? "" }) : null;
    if (other) field.element.append(other.element);
    field.element.addEventListener("input", () => {
      const picked = field.values().map((value) => options[Number(value)]?.answer);
      const free = other?.input.value.trim() ? [{ valueString: other.input.value }] : [];
      const all = [...picked.filter((one): one is Answer => one !== undefined), ...free];
      this.#answer(item, item.repeats === true ? all : all.slice(-1));
    });
    return field;
  }

  #answer(item: Item, given: readonly Answer[]): void {
    this.#answers = { ...this.#answers, [item.linkId]: given };
    this.#show();
    this.#options.onchange(this.#answers);
  }
}

interface Offered {
  readonly label: string;
  readonly answer: Answer;
  readonly is: (answer: Answer) => boolean;
}

function optionsOf(item: Item): readonly Offered[] {
  if (item.type === "boolean") {
    return [true, false].map((value) => ({
      label: t(value ? "patient.yes" : "patient.no"),
      answer: { valueBoolean: value },
      is: (answer) => answer.valueBoolean === value,
    }));
  }
  return (item.answerOption ?? []).map((option) => ({ label: optionText(option), answer: { ...option }, is: (answer) => isOption(option, answer) }));
}

function unitOption(item: Item): { unit?: string } {
  const unit = item.type === "quantity" ? unitOf(item) : {};
  const shown = unit.display ?? unit.code;
  return shown === undefined ? {} : { unit: shown };
}

function inputFor(item: Item): Readonly<Record<string, string>> {
  switch (item.type) {
    case "integer":
      return { inputmode: "numeric", class: "short", autocomplete: "off" };
    case "decimal":
    case "quantity":
      return { inputmode: "decimal", class: "short", autocomplete: "off" };
    case "date":
      return { type: "date", class: "short" };
    case "dateTime":
      return { type: "datetime-local", class: "short" };
    case "time":
      return { type: "time", class: "short" };
    default:
      return {};
  }
}

function sayFault(item: Item, fault: Fault): string {
  switch (fault.kind) {
    case "required":
      return t(item.type === "choice" || item.type === "boolean" ? "patient.fault.choose" : "patient.fault.required");
    case "least":
    case "most":
    case "long":
      return t(`patient.fault.${fault.kind}`, { limit: fault.limit });
    default:
      return t(`patient.fault.${fault.kind}`);
  }
}
