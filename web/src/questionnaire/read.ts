/** From what is typed to an answer, and back. Pure. */

import { extension, type Answer, type AnswerOption, type Coding, type Item } from "./fhir";
import { sameCoding } from "./logic";

/** Reads what stands in a field. Nothing, or something that is no value of that type, gives no answer. */
export function readTyped(item: Item, typed: string): readonly Answer[] {
  const text = typed.trim();
  if (text === "") return [];
  switch (item.type) {
    case "integer":
      return /^[+-]?\d{1,9}$/.test(text) ? [{ valueInteger: Number(text) }] : [];
    case "decimal": {
      const value = readNumber(text);
      return value === null ? [] : [{ valueDecimal: value }];
    }
    case "quantity": {
      const value = readNumber(text);
      const unit = unitOf(item);
      return value === null ? [] : [{ valueQuantity: { value, ...(unit.display === undefined ? {} : { unit: unit.display }), ...codeOf(unit) } }];
    }
    case "date":
      return isDay(text) ? [{ valueDate: text }] : [];
    case "dateTime":
      return Number.isNaN(Date.parse(text)) ? [] : [{ valueDateTime: new Date(text).toISOString() }];
    case "time":
      return /^\d\d:\d\d(:\d\d)?$/.test(text) ? [{ valueTime: text.length === 5 ? `${text}:00` : text }] : [];
    default:
      return [{ valueString: typed }];
  }
}

/** What to show in the field of an answer. */
export function typedOf(answer: Answer | undefined): string {
  if (!answer) return "";
  const value = answer.valueDecimal ?? answer.valueInteger ?? answer.valueQuantity?.value;
  if (value !== undefined) return String(value);
  return answer.valueString ?? answer.valueDate ?? answer.valueDateTime?.slice(0, 16) ?? answer.valueTime?.slice(0, 5) ?? "";
}

/** "38,5" and "38.5" are both read; "1 200" too. */
export function readNumber(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^[+-]?\d{1,9}(\.\d{1,6})?$/.test(plain) ? Number(plain) : null;
}

/** A day that exists: the 31st of February does not. */
export function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export function unitOf(item: Item): Coding {
  return (extension(item, "questionnaire-unit") ?? extension(item, "questionnaire-unitOption") ?? {});
}

function codeOf(unit: Coding): { system?: string; code?: string } {
  return { ...(unit.system === undefined ? {} : { system: unit.system }), ...(unit.code === undefined ? {} : { code: unit.code }) };
}

/** The words of an option. */
export function optionText(option: AnswerOption): string {
  return option.valueCoding?.display ?? option.valueCoding?.code ?? option.valueString ?? String(option.valueInteger ?? option.valueDate ?? option.valueTime ?? "");
}

export function isOption(option: AnswerOption, answer: Answer): boolean {
  if (option.valueCoding) return sameCoding(option.valueCoding, answer.valueCoding);
  const plain = (one: Answer): unknown => one.valueString ?? one.valueInteger ?? one.valueDate ?? one.valueTime;
  return answer.valueCoding === undefined && plain(option) === plain(answer);
}
