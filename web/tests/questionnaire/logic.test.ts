import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { allItems, QuestionnaireError, readQuestionnaire, type Answer, type EnableWhen, type Item, type Questionnaire } from "../../src/questionnaire/fhir";
import { enabledItems, faultOf, faultsOf, hasQuestions, pagesOf, test as holds } from "../../src/questionnaire/logic";

const coding = (code: string): Answer => ({ valueCoding: { system: "s", code } });
const asked = (items: readonly Item[], answers: Record<string, readonly Answer[]> = {}): string[] => [
  ...enabledItems({ resourceType: "Questionnaire", item: items }, answers),
];
const q = (linkId: string, more: Partial<Item> = {}): Item => ({ linkId, type: "string", ...more });
const when = (question: string, more: Partial<EnableWhen> = {}): EnableWhen => ({ question, operator: "exists", answerBoolean: true, ...more });

describe("which questions are asked", () => {
  it("asks all that hang on nothing", () => {
    expect(asked([q("a"), q("b")])).toEqual(["a", "b"]);
  });

  it("waits for the answer that a question hangs on", () => {
    const items = [q("a", { type: "choice" }), q("b", { enableWhen: [{ question: "a", operator: "=", answerCoding: { system: "s", code: "yes" } }] })];
    expect(asked(items)).toEqual(["a"]);
    expect(asked(items, { a: [coding("no")] })).toEqual(["a"]);
    expect(asked(items, { a: [coding("yes")] })).toEqual(["a", "b"]);
  });

  it("joins several conditions by and, unless told otherwise", () => {
    const conditions = [when("a"), when("b")];
    const items = (enableBehavior?: "all" | "any"): Item[] => [q("a"), q("b"), q("c", { enableWhen: conditions, ...(enableBehavior ? { enableBehavior } : {}) })];
    const one = { a: [{ valueString: "x" }] };
    const both = { ...one, b: [{ valueString: "y" }] };
    expect(asked(items(), one)).not.toContain("c");
    expect(asked(items("all"), one)).not.toContain("c");
    expect(asked(items("all"), both)).toContain("c");
    expect(asked(items("any"), one)).toContain("c");
    expect(asked(items("any"), {})).not.toContain("c");
  });

  it("leaves out everything under a group that is not asked", () => {
    const items: Item[] = [q("a"), { linkId: "g", type: "group", enableWhen: [when("a")], item: [{ linkId: "h", type: "group", item: [q("deep")] }] }];
    expect(asked(items, { deep: [{ valueString: "typed before" }] })).toEqual(["a"]);
    expect(asked(items, { a: [{ valueString: "x" }] })).toEqual(["a", "g", "h", "deep"]);
  });

  it("follows a chain, and drops all of it when its head goes", () => {
    const items = [q("a"), q("b", { enableWhen: [when("a")] }), q("c", { enableWhen: [when("b")] })];
    const typed = { b: [{ valueString: "y" }], c: [{ valueString: "z" }] };
    expect(asked(items, { a: [{ valueString: "x" }], ...typed })).toEqual(["a", "b", "c"]);
    // b was answered and is not asked any more: its answer counts for nothing.
    expect(asked(items, typed)).toEqual(["a"]);
  });

  it("looks forward too: a question may hang on a later one", () => {
    const items = [q("a", { enableWhen: [when("b")] }), q("b")];
    expect(asked(items, { b: [{ valueString: "x" }] })).toEqual(["a", "b"]);
  });

  it("ends, and asks neither, when two questions hang on each other", () => {
    const items = [q("a", { enableWhen: [when("b")] }), q("b", { enableWhen: [when("a")] })];
    const answers = { a: [{ valueString: "x" }], b: [{ valueString: "y" }] };
    expect(asked(items, answers)).toEqual([]);
  });

  it("asks a question under a question with it", () => {
    const items = [q("a", { enableWhen: [when("z")], item: [q("a1")] }), q("z")];
    expect(asked(items)).toEqual(["z"]);
    expect(asked(items, { z: [{ valueString: "x" }] })).toEqual(["a", "a1", "z"]);
  });
});

describe("one condition", () => {
  const of = (operator: EnableWhen["operator"], wanted: Partial<EnableWhen>, ...given: Answer[]): boolean => holds({ question: "a", operator, ...wanted }, given);

  it.each([
    ["=", 38, true],
    ["!=", 38, false],
    [">", 37.5, true],
    [">", 38, false],
    [">=", 38, true],
    ["<", 38, false],
    ["<=", 38, true],
    ["<", 39, true],
  ] as const)("compares numbers: 38 %s %d is %s", (operator, wanted, expected) => {
    expect(of(operator, { answerDecimal: wanted }, { valueInteger: 38 })).toBe(expected);
  });

  it("compares quantities in one unit only", () => {
    const answer = { valueQuantity: { value: 38, code: "Cel" } };
    expect(of(">", { answerQuantity: { value: 37, code: "Cel" } }, answer)).toBe(true);
    expect(of(">", { answerQuantity: { value: 37, code: "[degF]" } }, answer)).toBe(false);
  });

  it("compares days as days", () => {
    expect(of("<", { answerDate: "2026-11-24" }, { valueDate: "2026-09-30" })).toBe(true);
  });

  it("compares yes and no", () => {
    expect(of("=", { answerBoolean: false }, { valueBoolean: false })).toBe(true);
    expect(of("=", { answerBoolean: false })).toBe(false);
  });

  it("is content with one of several answers", () => {
    expect(of("=", { answerCoding: { system: "s", code: "b" } }, coding("a"), coding("b"))).toBe(true);
    expect(of("!=", { answerCoding: { system: "s", code: "a" } }, coding("a"), coding("b"))).toBe(true);
  });

  it("takes a code of another system for another code", () => {
    expect(of("=", { answerCoding: { system: "other", code: "a" } }, coding("a"))).toBe(false);
  });

  it("holds without an answer only when none must exist", () => {
    expect(of("exists", { answerBoolean: false })).toBe(true);
    expect(of("exists", { answerBoolean: true })).toBe(false);
    expect(of("!=", { answerString: "x" })).toBe(false);
  });
});

describe("what is wrong with an answer", () => {
  const bounds = [
    { url: "http://hl7.org/fhir/StructureDefinition/minValue", valueInteger: 0 },
    { url: "http://hl7.org/fhir/StructureDefinition/maxValue", valueInteger: 10 },
  ];
  it("misses what is required, and nothing else", () => {
    expect(faultOf(q("a", { required: true }), [])).toEqual({ kind: "required" });
    expect(faultOf(q("a"), [])).toBeNull();
  });
  it("names the bound that was passed", () => {
    const item = q("a", { type: "integer", extension: bounds });
    expect(faultOf(item, [{ valueInteger: 11 }])).toEqual({ kind: "most", limit: "10" });
    expect(faultOf(item, [{ valueInteger: -1 }])).toEqual({ kind: "least", limit: "0" });
    expect(faultOf(item, [{ valueInteger: 10 }])).toBeNull();
  });
  it("tells what was typed but can't be read from nothing typed", () => {
    expect(faultOf(q("a", { type: "integer" }), [], "beaucoup")).toEqual({ kind: "integer" });
    expect(faultOf(q("a", { type: "quantity" }), [], "abc")).toEqual({ kind: "number" });
  });
  it("says nothing of required questions that are not asked", () => {
    const page: Item = { linkId: "p", type: "group", item: [q("a"), q("b", { required: true, enableWhen: [when("a")] })] };
    const form: Questionnaire = { resourceType: "Questionnaire", item: [page] };
    expect(faultsOf(page, {}, enabledItems(form, {})).size).toBe(0);
    const answers = { a: [{ valueString: "x" }] };
    expect([...faultsOf(page, answers, enabledItems(form, answers)).keys()]).toEqual(["b"]);
  });
});

describe("the questionnaire itself", () => {
  it("is refused with an unknown type, a link id twice, or a condition on nothing", () => {
    const form = (item: unknown): unknown => ({ resourceType: "Questionnaire", item });
    expect(() => readQuestionnaire(form([{ linkId: "a", type: "hologram" }]))).toThrow(QuestionnaireError);
    expect(() => readQuestionnaire(form([q("a"), q("a")]))).toThrow(QuestionnaireError);
    expect(() => readQuestionnaire(form([q("a", { enableWhen: [when("gone")] })]))).toThrow(QuestionnaireError);
    expect(() => readQuestionnaire({ resourceType: "Patient" })).toThrow(QuestionnaireError);
  });

  it("makes a page of each group and of each run of questions between", () => {
    const form: Questionnaire = { resourceType: "Questionnaire", item: [q("a"), q("b"), { linkId: "g", type: "group", item: [q("c")] }, q("d")] };
    expect(pagesOf(form).map((page) => [...allItems(page.item ?? [])].map((item) => item.linkId))).toEqual([["a", "b"], ["c"], ["d"]]);
  });

  it.each(["fr", "en"])("of the product, in %s, can be read and asks about pain only those in pain", (language) => {
    const path = new URL(`../../../colloque/consultations/forms/general.${language}.json`, import.meta.url);
    const form = readQuestionnaire(JSON.parse(readFileSync(path, "utf8")));
    const pain = pagesOf(form).find((page) => page.linkId === "pain");
    const coded = (code: string): Record<string, readonly Answer[]> => ({ "now.main": [{ valueCoding: { system: "https://colloque.example/answers", code } }] });
    expect(hasQuestions(pain!, enabledItems(form, coded("pain")))).toBe(true);
    expect(hasQuestions(pain!, enabledItems(form, coded("fever")))).toBe(false);
  });
});
