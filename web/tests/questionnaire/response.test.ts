import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Item, Questionnaire } from "../../src/questionnaire/fhir";
import { isDay, readNumber, readTyped, typedOf } from "../../src/questionnaire/read";
import { answersOf, buildResponse, linesOf } from "../../src/questionnaire/response";

const about = { status: "completed", authored: "2026-11-24T10:00:00.000Z" } as const;
const exists = (question: string) => [{ question, operator: "exists", answerBoolean: true }] as const;
const form: Questionnaire = {
  resourceType: "Questionnaire",
  url: "https://example/q",
  version: "2",
  language: "fr",
  item: [
    {
      linkId: "g",
      type: "group",
      text: "Groupe",
      item: [
        { linkId: "a", type: "boolean", text: "Fièvre ?", item: [{ linkId: "a1", type: "quantity", text: "Combien ?" }] },
        { linkId: "say", type: "display", text: "Appelez le 15." },
        { linkId: "b", type: "string", text: "Dites", enableWhen: exists("a") },
        { linkId: "c", type: "date", text: "Quand ?", enableWhen: exists("b") },
      ],
    },
  ],
};

describe("a response", () => {
  it("names the questionnaire and its version", () => {
    expect(buildResponse(form, {}, about)).toMatchObject({ resourceType: "QuestionnaireResponse", questionnaire: "https://example/q|2", status: "completed", item: [] });
  });

  it("nests groups in items, and questions under a question in its answer", () => {
    const answers = { a: [{ valueBoolean: true }], a1: [{ valueQuantity: { value: 39, unit: "°C" } }] };
    expect(buildResponse(form, answers, about).item).toEqual([
      {
        linkId: "g",
        text: "Groupe",
        item: [
          {
            linkId: "a",
            text: "Fièvre ?",
            answer: [{ valueBoolean: true, item: [{ linkId: "a1", text: "Combien ?", answer: [{ valueQuantity: { value: 39, unit: "°C" } }] }] }],
          },
        ],
      },
    ]);
  });

  it("drops the whole branch that is not asked any more", () => {
    const answers = { b: [{ valueString: "typed before" }], c: [{ valueDate: "2026-01-01" }] };
    expect(JSON.stringify(buildResponse(form, answers, about))).not.toContain("typed before");
    expect(buildResponse(form, answers, about).item).toEqual([]);
  });

  it("gives back the answers it was built of", () => {
    const answers = { a: [{ valueBoolean: false }], a1: [{ valueQuantity: { value: 38.5 } }], b: [{ valueString: "oui" }], c: [{ valueDate: "2026-11-01" }] };
    expect(answersOf(form, buildResponse(form, answers, about))).toEqual(answers);
  });

  it("forgets answers to questions that are gone from the questionnaire", () => {
    const response = buildResponse(form, { a: [{ valueBoolean: true }] }, about);
    const shorter: Questionnaire = { ...form, item: [{ linkId: "other", type: "string" }] };
    expect(answersOf(shorter, response)).toEqual({});
  });

  it("is told in words", () => {
    const answers = { a: [{ valueBoolean: true }], a1: [{ valueQuantity: { value: 39, unit: "°C" } }], b: [{ valueString: "toux" }], c: [{ valueDate: "2026-11-01" }] };
    const words = { yes: "oui", no: "non", day: (day: string) => `le ${day}`, number: (value: number) => value.toLocaleString("fr") };
    expect(linesOf(buildResponse(form, answers, about), words)).toEqual([
      ["Fièvre ?", "oui"],
      ["Combien ?", "39\u00a0°C"],
      ["Dites", "toux"],
      ["Quand ?", "le 2026-11-01"],
    ]);
  });
});

describe("what is typed", () => {
  it("is read with a comma or a point", () => {
    expect(readNumber("38,5")).toBe(38.5);
    expect(readNumber("38.5")).toBe(38.5);
    expect(readNumber("1\u202f200")).toBe(1200);
    expect(readNumber("38,5,1")).toBeNull();
    expect(readNumber("1e9")).toBeNull();
  });

  it("is no day when that day does not exist", () => {
    expect(isDay("2026-02-28")).toBe(true);
    expect(isDay("2026-02-31")).toBe(false);
    expect(isDay("hier")).toBe(false);
  });

  it("gives no answer when it is of another type", () => {
    expect(readTyped({ linkId: "a", type: "integer" }, "3,5")).toEqual([]);
    expect(readTyped({ linkId: "a", type: "date" }, "2026-02-31")).toEqual([]);
    expect(readTyped({ linkId: "a", type: "string" }, "  ")).toEqual([]);
  });

  it("comes back into the field as it was answered", () => {
    const types = ["integer", "decimal", "quantity"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.integer({ min: -999_999, max: 999_999 }), (type, value) => {
        const item: Item = { linkId: "a", type };
        expect(readTyped(item, typedOf(readTyped(item, String(value))[0]))).toEqual(readTyped(item, String(value)));
      }),
    );
  });
});
