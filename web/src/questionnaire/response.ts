/**
 * QuestionnaireResponse: what is sealed and sent. Answers to questions that are not asked any more are left out.
 * Pure.
 */

import { allItems, type Answer, type Item, type Questionnaire, type QuestionnaireResponse, type ResponseAnswer, type ResponseItem } from "./fhir";
import { enabledItems, type Answers } from "./logic";

export function buildResponse(
  questionnaire: Questionnaire,
  answers: Answers,
  about: { readonly status: "in-progress" | "completed"; readonly authored: string },
): QuestionnaireResponse {
  const enabled = enabledItems(questionnaire, answers);
  const canonical = questionnaire.url && (questionnaire.version ? `${questionnaire.url}|${questionnaire.version}` : questionnaire.url);
  return {
    resourceType: "QuestionnaireResponse",
    ...(canonical ? { questionnaire: canonical } : {}),
    status: about.status,
    authored: about.authored,
    ...(questionnaire.language ? { language: questionnaire.language } : {}),
    item: itemsOf(questionnaire.item, answers, enabled),
  };
}

function itemsOf(items: readonly Item[], answers: Answers, enabled: ReadonlySet<string>): ResponseItem[] {
  return items
    .filter((item) => item.type !== "display" && enabled.has(item.linkId))
    .map((item) => itemOf(item, answers, enabled))
    .filter((item) => item.answer !== undefined || item.item !== undefined);
}

function itemOf(item: Item, answers: Answers, enabled: ReadonlySet<string>): ResponseItem {
  const head = { linkId: item.linkId, ...(item.text === undefined ? {} : { text: item.text }) };
  const nested = itemsOf(item.item ?? [], answers, enabled);
  const inside = nested.length > 0 ? { item: nested } : {};
  if (item.type === "group") return { ...head, ...inside };
  const given = answers[item.linkId] ?? [];
  if (given.length === 0) return head;
  // Questions under a question hang on its answer; with several answers, on the first.
  return { ...head, answer: given.map((answer, index): ResponseAnswer => (index === 0 ? { ...answer, ...inside } : answer)) };
}

/** The answers of a response, to go on where one stopped. What the questionnaire does not ask is left out. */
export function answersOf(questionnaire: Questionnaire, response: QuestionnaireResponse): Answers {
  const asked = new Set([...allItems(questionnaire.item)].map((item) => item.linkId));
  const answers: Record<string, readonly Answer[]> = {};
  const take = (items: readonly ResponseItem[] | undefined): void => {
    for (const one of items ?? []) {
      if (asked.has(one.linkId) && one.answer && one.answer.length > 0) answers[one.linkId] = one.answer.map(bare);
      for (const answer of one.answer ?? []) take(answer.item);
      take(one.item);
    }
  };
  take(response.item);
  return answers;
}

function bare({ item: _nested, ...answer }: ResponseAnswer): Answer {
  return answer;
}

export interface AnswerWords {
  readonly yes: string;
  readonly no: string;
  readonly day: (day: string) => string;
  readonly number: (value: number) => string;
}

/** Question and answer in words, in order, for those who read: `["Votre poids", "62 kg"]`. */
export function linesOf(response: QuestionnaireResponse, words: AnswerWords): [string, string][] {
  const lines: [string, string][] = [];
  const walk = (items: readonly ResponseItem[] | undefined): void => {
    for (const one of items ?? []) {
      if (one.answer && one.answer.length > 0) lines.push([one.text ?? one.linkId, one.answer.map((answer) => inWords(answer, words)).join(", ")]);
      for (const answer of one.answer ?? []) walk(answer.item);
      walk(one.item);
    }
  };
  walk(response.item);
  return lines;
}

function inWords(answer: Answer, words: AnswerWords): string {
  if (answer.valueBoolean !== undefined) return answer.valueBoolean ? words.yes : words.no;
  if (answer.valueCoding) return answer.valueCoding.display ?? answer.valueCoding.code ?? "";
  if (answer.valueQuantity?.value !== undefined) return `${words.number(answer.valueQuantity.value)}\u00a0${answer.valueQuantity.unit ?? answer.valueQuantity.code ?? ""}`.trim();
  if (answer.valueDate !== undefined) return words.day(answer.valueDate);
  const value = answer.valueDecimal ?? answer.valueInteger;
  if (value !== undefined) return words.number(value);
  return answer.valueString ?? answer.valueDateTime ?? answer.valueTime?.slice(0, 5) ?? "";
}
