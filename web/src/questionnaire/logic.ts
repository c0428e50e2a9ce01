/**
 * Which questions are asked, and whether the answers will do. Pure: a questionnaire and answers in, values out
 * (FHIR R4 §Questionnaire, enableWhen and enableBehavior).
 */

import { allItems, extension, type Answer, type Coding, type EnableWhen, type Item, type Questionnaire, type Quantity } from "./fhir";

/** Answers by link id. A question that was answered and then disabled keeps its answer here, and nowhere else. */
export type Answers = Readonly<Record<string, readonly Answer[]>>;

/** Link ids of all items that are asked. */
export function enabledItems(questionnaire: Questionnaire, answers: Answers): ReadonlySet<string> {
  const parents = new Map<string, Item>();
  const byId = new Map<string, Item>();
  for (const item of allItems(questionnaire.item)) {
    byId.set(item.linkId, item);
    for (const child of item.item ?? []) parents.set(child.linkId, item);
  }
  const known = new Map<string, boolean>();

  function isEnabled(linkId: string): boolean {
    const before = known.get(linkId);
    if (before !== undefined) return before;
    // An item that hangs on itself, by any way round, is not asked.
    known.set(linkId, false);
    const item = byId.get(linkId);
    const parent = parents.get(linkId);
    const enabled = item !== undefined && (!parent || isEnabled(parent.linkId)) && meets(item);
    known.set(linkId, enabled);
    return enabled;
  }

  function meets(item: Item): boolean {
    const conditions = item.enableWhen ?? [];
    if (conditions.length === 0) return true;
    return item.enableBehavior === "any" ? conditions.some(holds) : conditions.every(holds);
  }

  function holds(condition: EnableWhen): boolean {
    // What is not asked has no answer, whatever was typed before.
    const given = isEnabled(condition.question) ? (answers[condition.question] ?? []) : [];
    return test(condition, given);
  }

  return new Set([...byId.keys()].filter(isEnabled));
}

/** Whether a condition holds for these answers; with several, one is enough. Without any, only "does not exist" does. */
export function test(condition: EnableWhen, given: readonly Answer[]): boolean {
  if (condition.operator === "exists") return given.length > 0 === (condition.answerBoolean ?? true);
  return given.some((answer) => compare(condition, answer));
}

function compare(condition: EnableWhen, answer: Answer): boolean {
  const { operator } = condition;
  if (condition.answerCoding) {
    const same = sameCoding(condition.answerCoding, answer.valueCoding);
    if (!answer.valueCoding) return operator === "!=" && answer.valueString !== undefined;
    return operator === "=" ? same : operator === "!=" && !same;
  }
  const pair = comparable(condition, answer);
  if (!pair) return false;
  const [left, right] = pair;
  switch (operator) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case ">":
      return left > right;
    case "<":
      return left < right;
    case ">=":
      return left >= right;
    case "<=":
      return left <= right;
    default:
      return false;
  }
}

type Pair = readonly [number, number] | readonly [string, string] | readonly [boolean, boolean];

function comparable(condition: EnableWhen, answer: Answer): Pair | null {
  const number = answer.valueDecimal ?? answer.valueInteger ?? answer.valueQuantity?.value;
  const wantedNumber = condition.answerDecimal ?? condition.answerInteger ?? condition.answerQuantity?.value;
  if (number !== undefined && wantedNumber !== undefined) {
    return sameUnit(condition.answerQuantity, answer.valueQuantity) ? [number, wantedNumber] : null;
  }
  const text = answer.valueDateTime ?? answer.valueDate ?? answer.valueTime ?? answer.valueString;
  const wantedText = condition.answerDateTime ?? condition.answerDate ?? condition.answerTime ?? condition.answerString;
  if (text !== undefined && wantedText !== undefined) return [text, wantedText];
  if (answer.valueBoolean !== undefined && condition.answerBoolean !== undefined) return [answer.valueBoolean, condition.answerBoolean];
  return null;
}

/** Quantities compare only in one unit; a number without a unit compares with any. */
function sameUnit(wanted: Quantity | undefined, given: Quantity | undefined): boolean {
  const unit = (quantity?: Quantity): string | undefined => quantity?.code ?? quantity?.unit;
  return unit(wanted) === undefined || unit(given) === undefined || unit(wanted) === unit(given);
}

export function sameCoding(left: Coding | undefined, right: Coding | undefined): boolean {
  if (!left || !right) return false;
  const system = left.system === undefined || right.system === undefined || left.system === right.system;
  return system && left.code === right.code;
}

/** The pages of a questionnaire: each group at the top is one, and so is each run of questions between groups. */
export function pagesOf(questionnaire: Questionnaire): readonly Item[] {
  const pages: Item[] = [];
  let loose: Item[] = [];
  const close = (): void => {
    const [first] = loose;
    if (first) pages.push({ linkId: `page:${first.linkId}`, type: "group", item: loose });
    loose = [];
  };
  for (const item of questionnaire.item) {
    if (item.type === "group") {
      close();
      pages.push(item);
    } else loose.push(item);
  }
  close();
  return pages;
}

/** Whether a page asks anything, given what was answered. */
export function hasQuestions(page: Item, enabled: ReadonlySet<string>): boolean {
  return [...allItems(page.item ?? [])].some((item) => item.type !== "group" && enabled.has(item.linkId));
}

export type Fault =
  | { readonly kind: "required" | "number" | "integer" | "date" | "time" }
  | { readonly kind: "least" | "most" | "long"; readonly limit: string };

/** What is wrong with an answer, or null. `typed` is what stands in the field when it could not be read as a value. */
export function faultOf(item: Item, given: readonly Answer[], typed = ""): Fault | null {
  if (given.length === 0) {
    if (typed.trim() !== "") return { kind: unreadable(item) };
    return item.required ? { kind: "required" } : null;
  }
  for (const answer of given) {
    const fault = faultOfOne(item, answer);
    if (fault) return fault;
  }
  return null;
}

function unreadable(item: Item): "number" | "integer" | "date" | "time" {
  if (item.type === "integer") return "integer";
  if (item.type === "date" || item.type === "dateTime") return "date";
  return item.type === "time" ? "time" : "number";
}

function faultOfOne(item: Item, answer: Answer): Fault | null {
  const text = answer.valueString;
  if (text !== undefined && item.maxLength !== undefined && text.length > item.maxLength) return { kind: "long", limit: String(item.maxLength) };
  const value = answer.valueDecimal ?? answer.valueInteger ?? answer.valueQuantity?.value ?? answer.valueDate;
  if (value === undefined) return null;
  const least = extension(item, "minValue");
  const most = extension(item, "maxValue");
  if (least !== undefined && value < (least as typeof value)) return { kind: "least", limit: `${least as typeof value}` };
  if (most !== undefined && value > (most as typeof value)) return { kind: "most", limit: `${most as typeof value}` };
  return null;
}

/** The faults of the questions of a page that are asked, by link id, in order. */
export function faultsOf(page: Item, answers: Answers, enabled: ReadonlySet<string>, typed: Readonly<Record<string, string>> = {}): ReadonlyMap<string, Fault> {
  const faults = new Map<string, Fault>();
  for (const item of allItems(page.item ?? [])) {
    if (item.type === "group" || item.type === "display" || !enabled.has(item.linkId)) continue;
    const fault = faultOf(item, answers[item.linkId] ?? [], typed[item.linkId]);
    if (fault) faults.set(item.linkId, fault);
  }
  return faults;
}
