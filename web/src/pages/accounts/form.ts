/**
 * A form of few fields: errors tied to theirs, what was typed stays, and a second press while it works does nothing.
 */

import {
  button as faceButton,
  el,
  failureOf,
  notice,
  sentenceOf,
  showErrors,
  t,
  textField,
  whileBusy,
  type Child,
  type Field,
  type IconName,
} from "../../face";

export interface Asked {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: "text" | "email" | "password";
  readonly autocomplete?: string;
  readonly inputmode?: "numeric" | "email";
  readonly value?: string;
  readonly isShort?: boolean;
  readonly isOptional?: boolean;
  readonly maxlength?: number;
  /** Speaks of what is typed so far, below the field. */
  readonly onInput?: (value: string, note: HTMLElement) => void;
}

export type Values = Readonly<Record<string, string>>;

export interface FormOptions {
  readonly fields: readonly Asked[];
  /** Above the button: choices, a notice. */
  readonly before?: readonly Child[];
  readonly submit: string;
  readonly onSubmit: (values: Values) => Promise<void>;
  /** Beside the button. */
  readonly more?: readonly Child[];
}

/** What is wrong with one field, for the reader. */
export class FieldError extends Error {
  override readonly name = "FieldError";
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

export function form(options: FormOptions): HTMLFormElement {
  const fields = new Map(options.fields.map((asked) => [asked.name, buildField(asked)]));
  const submit = el("button", { class: "button", type: "submit" }, options.submit);
  const said = el("div");
  const built = el(
    "form",
    { class: "stack question", novalidate: true },
    [...fields.values()].map((field) => field.element),
    options.before,
    said,
    el("div", { class: "actions way-on" }, submit, options.more),
  );
  built.addEventListener("submit", (event) => {
    event.preventDefault();
    said.replaceChildren();
    void whileBusy(submit, () => attempt(options, fields, built)).catch((error: unknown) => {
      if (!showFieldError(error, fields, built)) said.replaceChildren(failureOf(error));
    });
  });
  return built;
}

/** A button for an act that may fail; the failure is said beside it. */
export function actButton(
  label: string,
  act: () => Promise<void>,
  options: { readonly kind?: "" | "second" | "quiet" | "harm"; readonly icon?: IconName; readonly failed?: (error: unknown) => HTMLElement } = {},
): HTMLElement {
  const said = el("div");
  const failed = options.failed ?? failureOf;
  const pressed = faceButton(
    label,
    () => {
      said.replaceChildren();
      void whileBusy(pressed, act).catch((error: unknown) => {
        said.replaceChildren(failed(error));
      });
    },
    options.kind ?? "",
    options.icon,
  );
  return el("div", { class: "stack tight" }, el("div", { class: "actions" }, pressed), said);
}

/** A failure in one quiet sentence, announced, for places where a section would be too much. */
export function failedLine(error: unknown): HTMLElement {
  const line = notice("harm", error instanceof FieldError ? error.message : sentenceOf(error));
  line.setAttribute("role", "alert");
  return line;
}

function buildField(asked: Asked): Field<HTMLInputElement> {
  const field = textField(
    asked.label,
    {
      name: asked.name,
      type: asked.type ?? "text",
      autocomplete: asked.autocomplete ?? "off",
      autocapitalize: "none",
      spellcheck: "false",
      value: asked.value ?? "",
      inputmode: asked.inputmode,
      maxlength: asked.maxlength,
      class: asked.isShort ? "short" : null,
    },
    { ...(asked.hint ? { hint: asked.hint } : {}), optional: asked.isOptional ?? false },
  );
  if (!asked.isOptional) field.input.required = true;
  if (asked.type === "password") field.element.append(showToggle(field.input));
  if (asked.onInput) {
    const note = el("div", { "aria-live": "polite" });
    const { onInput } = asked;
    field.input.addEventListener("input", () => {
      onInput(field.input.value, note);
    });
    field.element.append(note);
  }
  return field;
}

/** People who see what they type make fewer mistakes, and can turn it off. */
function showToggle(input: HTMLInputElement): HTMLElement {
  const toggle = faceButton(
    t("accounts.show"),
    () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      toggle.setAttribute("aria-pressed", String(!isShown));
    },
    "quiet",
    "eye",
  );
  toggle.setAttribute("aria-pressed", "false");
  return el("div", null, toggle);
}

async function attempt(options: FormOptions, fields: ReadonlyMap<string, Field<HTMLInputElement>>, built: HTMLElement): Promise<void> {
  const all = [...fields.values()];
  const empty = all.filter((field) => field.input.required && field.input.value.trim() === "");
  const troubles = empty.map((field) => ({ field, text: t("accounts.missing") }));
  if (!showErrors(built, all, troubles)) return;
  await options.onSubmit(Object.fromEntries([...fields].map(([name, field]) => [name, field.input.value])));
}

function showFieldError(error: unknown, fields: ReadonlyMap<string, Field>, built: HTMLElement): boolean {
  if (!(error instanceof FieldError)) return false;
  const field = fields.get(error.field);
  if (!field) return false;
  showErrors(built, [...fields.values()], [{ field, text: error.message }]);
  return true;
}
