/** The recovery sheet: shown, printed, and two of its groups typed back, so that it is on paper before it is needed. */

import { encodeRecoveryCode, type Bytes } from "../../crypto";
import { button, el, notice, t, type Child } from "../../face";
import { FieldError, form } from "./form";
import type { Step, Steps } from "./steps";

export interface SheetWords {
  readonly title: string;
  readonly lead: string;
  /** Printed above the code: whose sheet this is. */
  readonly whose: string;
  /** Printed below it: when it serves, and how. */
  readonly use: string;
}

/** The words on a person's own sheet. */
export function ownSheetUse(): string {
  return t("accounts.sheet.use", { address: `${location.host}/recover` });
}

/** A practice's own sheet, then two of its groups typed back; `onward` makes it the one that counts. */
export async function showPracticeSheet(steps: Steps, practice: string, code: Bytes, onward: () => Promise<void>): Promise<void> {
  const text = await encodeRecoveryCode(code);
  const words = {
    title: t("accounts.first.sheet"),
    lead: t("accounts.first.sheet-lead"),
    whose: t("accounts.first.sheet-whose", { practice }),
    use: t("accounts.first.sheet-use", { address: `${location.host}/reopen` }),
  };
  steps.show({ ...sheetStep(text, words, () => { steps.show({ ...checkSheetStep(text, onward), name: "practice-check" }); }), name: "practice-sheet", isFinal: true });
}

/** The code as text, such as `XXXX-XXXX-…`. */
export function sheetStep(code: string, words: SheetWords, onward: () => void, place?: Step["place"]): Step {
  return {
    name: "sheet",
    title: words.title,
    ...(place ? { place } : {}),
    content: () => [
      el("p", { class: "lead no-print" }, words.lead),
      sheet(code, words),
      notice("caution", t("accounts.sheet.caution")),
      el(
        "div",
        { class: "actions way-on no-print" },
        button(t("accounts.sheet.print"), () => { print(); }, "second", "printer"),
        button(t("accounts.sheet.done"), onward),
      ),
    ],
  };
}

/** Asks for two groups, chosen by chance each time; `onward` runs when both are right. */
export function checkSheetStep(code: string, onward: () => Promise<void>, place?: Step["place"]): Step {
  const groups = code.split("-");
  const [first, second] = chooseTwo(groups.length);
  const ask = (at: number): Parameters<typeof form>[0]["fields"][number] => ({
    name: String(at),
    label: t("accounts.sheet.group", { n: at + 1 }),
    hint: t("accounts.sheet.group-hint"),
    maxlength: 9,
    isShort: true,
  });
  return {
    name: "sheet-check",
    title: t("accounts.sheet.check"),
    ...(place ? { place } : {}),
    content: () =>
      form({
        fields: [ask(first), ask(second)],
        submit: t("face.continue"),
        onSubmit: async (values) => {
          for (const at of [first, second]) {
            if (!isSameGroup(values[String(at)] ?? "", groups[at] ?? "")) {
              throw new FieldError(String(at), t("accounts.sheet.wrong", { n: at + 1 }));
            }
          }
          await onward();
        },
      }),
  };
}

function sheet(code: string, words: SheetWords): Child {
  const groups = code.split("-").map((group, at) => el("li", null, el("span", { class: "quiet-text" }, at + 1), el("code", null, group)));
  return el(
    "section",
    { class: "sheet", "aria-label": t("accounts.sheet.label") },
    el("h2", null, words.whose),
    el("ol", { class: "sheet-groups" }, groups),
    el("p", null, words.use),
  );
}

/** Forgives what the code itself forgives: case, blanks, and the letters that look like digits. */
export function isSameGroup(typed: string, group: string): boolean {
  const plain = typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  return plain === group;
}

function chooseTwo(count: number): readonly [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  const first = a % count;
  const second = (first + 1 + (b % (count - 1))) % count;
  return first < second ? [first, second] : [second, first];
}
