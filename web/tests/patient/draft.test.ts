import { describe, expect, it } from "vitest";
import { choosePractice, EMPTY, isDone, mayEnter, resumeAt, stepsOf, type Draft, type Known } from "../../src/pages/patient/draft";
import type { Questionnaire } from "../../src/questionnaire";

const form: Questionnaire = {
  resourceType: "Questionnaire",
  item: [
    { linkId: "now", type: "group", item: [{ linkId: "fever", type: "boolean", required: true }] },
    {
      linkId: "heat",
      type: "group",
      enableWhen: [{ question: "fever", operator: "=", answerBoolean: true }],
      item: [{ linkId: "degrees", type: "quantity" }],
    },
    { linkId: "end", type: "group", item: [{ linkId: "more", type: "text" }] },
  ],
};
const known: Known = { practices: 2, questionnaire: form, hasIdentity: false, isBooked: false };
const begun: Draft = { ...EMPTY, practice: "p", wish: null, place: { kind: "home", town: "Lyon" }, motive: "toux", consultation: "c", file: "f" };

describe("steps", () => {
  it("asks for the practice only where there are several, and for who one is only once", () => {
    expect(stepsOf(EMPTY, known)[0]).toBe("practice");
    expect(stepsOf(EMPTY, { ...known, practices: 1 })[0]).toBe("who");
    expect(stepsOf(EMPTY, known)).toContain("identity");
    expect(stepsOf(EMPTY, { ...known, hasIdentity: true })).not.toContain("identity");
    // Asked in this request, it keeps its place for going back.
    expect(stepsOf({ ...EMPTY, seen: ["identity"] }, { ...known, hasIdentity: true })).toContain("identity");
  });

  it("has a page of questions only while one of them is asked", () => {
    expect(stepsOf(begun, known)).not.toContain("q:heat");
    expect(stepsOf({ ...begun, answers: { fever: [{ valueBoolean: true }] } }, known)).toContain("q:heat");
  });
});

describe("going on", () => {
  it("resumes at the first thing that is missing", () => {
    expect(resumeAt(EMPTY, known)).toBe("practice");
    expect(resumeAt(begun, known)).toBe("q:now");
    const answered: Draft = { ...begun, answers: { fever: [{ valueBoolean: false }] } };
    expect(resumeAt(answered, known)).toBe("q:end");
    expect(resumeAt({ ...answered, seen: ["q:end"] }, known)).toBe("files");
  });

  it("does not let one stand on a step whose way there is not gone", () => {
    expect(mayEnter("send", begun, known)).toBe(false);
    expect(mayEnter("motive", begun, known)).toBe(true);
    expect(mayEnter("nowhere" as "send", begun, known)).toBe(false);
  });

  it("is not past the motive before the consultation exists", () => {
    expect(isDone("motive", { ...begun, consultation: null }, known)).toBe(false);
  });

  it("needs the consent to care, and that to documents only with documents", () => {
    const agreed: Draft = { ...begun, consents: { "care-by-video": true, "documents-to-practice": false } };
    expect(isDone("consent", agreed, known)).toBe(true);
    expect(isDone("consent", { ...agreed, hasFiles: true }, known)).toBe(false);
    expect(isDone("consent", { ...agreed, consents: { "care-by-video": false } }, known)).toBe(false);
  });
});

describe("another practice", () => {
  it("begins anew what was sealed for the first, and keeps what was typed", () => {
    const moved = choosePractice({ ...begun, hasFiles: true, consents: { "care-by-video": true }, seen: ["files", "check"] }, "q");
    expect(moved).toMatchObject({ practice: "q", consultation: null, file: null, hasFiles: false, motive: "toux", consents: {}, seen: ["check"] });
    expect(moved.wish).toBeUndefined();
  });

  it("changes nothing when it is the same", () => {
    expect(choosePractice(begun, "p")).toBe(begun);
  });
});
