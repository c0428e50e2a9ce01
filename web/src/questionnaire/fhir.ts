/** The part of FHIR R4 Questionnaire and QuestionnaireResponse that is asked and answered here. Types only, and a reader. */

export interface Coding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

export interface Quantity {
  readonly value?: number;
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
}

export const TYPES = ["group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "choice", "open-choice", "quantity"] as const;
export type ItemType = (typeof TYPES)[number];

export type Operator = "exists" | "=" | "!=" | ">" | "<" | ">=" | "<=";

/** One condition; exactly one of the `answer…` fields is there. */
export interface EnableWhen {
  readonly question: string;
  readonly operator: Operator;
  readonly answerBoolean?: boolean;
  readonly answerDecimal?: number;
  readonly answerInteger?: number;
  readonly answerDate?: string;
  readonly answerDateTime?: string;
  readonly answerTime?: string;
  readonly answerString?: string;
  readonly answerCoding?: Coding;
  readonly answerQuantity?: Quantity;
}

export interface Extension {
  readonly url: string;
  readonly [value: string]: unknown;
}

export interface AnswerOption {
  readonly valueCoding?: Coding;
  readonly valueString?: string;
  readonly valueInteger?: number;
  readonly valueDate?: string;
  readonly valueTime?: string;
}

export interface Item {
  readonly linkId: string;
  readonly type: ItemType;
  readonly text?: string;
  readonly required?: boolean;
  readonly repeats?: boolean;
  readonly maxLength?: number;
  readonly enableWhen?: readonly EnableWhen[];
  readonly enableBehavior?: "all" | "any";
  readonly answerOption?: readonly AnswerOption[];
  readonly extension?: readonly Extension[];
  readonly item?: readonly Item[];
}

export interface Questionnaire {
  readonly resourceType: "Questionnaire";
  readonly url?: string;
  readonly version?: string;
  readonly title?: string;
  readonly description?: string;
  readonly language?: string;
  readonly item: readonly Item[];
}

/** One answer: exactly one field is there, as in QuestionnaireResponse.item.answer. */
export interface Answer {
  readonly valueBoolean?: boolean;
  readonly valueDecimal?: number;
  readonly valueInteger?: number;
  readonly valueDate?: string;
  readonly valueDateTime?: string;
  readonly valueTime?: string;
  readonly valueString?: string;
  readonly valueCoding?: Coding;
  readonly valueQuantity?: Quantity;
}

export interface ResponseAnswer extends Answer {
  readonly item?: readonly ResponseItem[];
}

export interface ResponseItem {
  readonly linkId: string;
  readonly text?: string;
  readonly answer?: readonly ResponseAnswer[];
  readonly item?: readonly ResponseItem[];
}

export interface QuestionnaireResponse {
  readonly resourceType: "QuestionnaireResponse";
  readonly questionnaire?: string;
  readonly status: "in-progress" | "completed";
  readonly authored: string;
  readonly language?: string;
  readonly item: readonly ResponseItem[];
}

export class QuestionnaireError extends Error {
  override readonly name = "QuestionnaireError";
}

/** Checks the shape: known types, no link id twice, every condition about a question that is there. Throws QuestionnaireError. */
export function readQuestionnaire(source: unknown): Questionnaire {
  const read = source as Partial<Questionnaire> | null;
  if (typeof read !== "object" || read?.resourceType !== "Questionnaire" || !Array.isArray(read.item)) {
    throw new QuestionnaireError("not a Questionnaire");
  }
  const questionnaire = read as Questionnaire;
  const seen = new Set<string>();
  for (const item of allItems(questionnaire.item)) {
    if (typeof item.linkId !== "string" || seen.has(item.linkId)) throw new QuestionnaireError(`link id ${item.linkId}`);
    if (!TYPES.includes(item.type)) throw new QuestionnaireError(`type ${item.type} of ${item.linkId}`);
    seen.add(item.linkId);
  }
  for (const item of allItems(questionnaire.item)) {
    for (const condition of item.enableWhen ?? []) {
      if (!seen.has(condition.question)) throw new QuestionnaireError(`${item.linkId} depends on ${condition.question}, which is not there`);
    }
  }
  return questionnaire;
}

/** Every item, parents before their children. */
export function* allItems(items: readonly Item[]): Generator<Item> {
  for (const item of items) {
    yield item;
    if (item.item) yield* allItems(item.item);
  }
}

/** The value of an extension, whatever its type. */
export function extension(item: Item, name: string): unknown {
  const found = item.extension?.find((one) => one.url === `http://hl7.org/fhir/StructureDefinition/${name}`);
  return found && Object.entries(found).find(([key]) => key.startsWith("value"))?.[1];
}
