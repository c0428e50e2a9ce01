/** A request in the making, and the steps it goes through. Pure. */

import { enabledItems, faultsOf, hasQuestions, pagesOf, type Answers, type Item, type Questionnaire } from "../../questionnaire";

export const PLACES = ["home", "pharmacy", "care-home", "other"] as const;
export type PlaceKind = (typeof PLACES)[number];
export const PURPOSES = ["care-by-video", "documents-to-practice"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Place {
  readonly kind: PlaceKind | "";
  readonly town: string;
}

export interface Draft {
  readonly practice: string;
  /** A practitioner on duty; null: whoever comes first; undefined: not chosen yet. */
  readonly wish: string | null | undefined;
  readonly place: Place;
  readonly motive: string;
  readonly answers: Answers;
  readonly consents: Readonly<Partial<Record<Purpose, boolean>>>;
  /** Steps that were gone through: those that ask nothing that must be answered are done by being seen. */
  readonly seen: readonly StepId[];
  readonly consultation: string | null;
  readonly file: string | null;
  readonly hasFiles: boolean;
}

export const EMPTY: Draft = {
  practice: "",
  wish: undefined,
  place: { kind: "", town: "" },
  motive: "",
  answers: {},
  consents: {},
  seen: [],
  consultation: null,
  file: null,
  hasFiles: false,
};

export type StepId = "practice" | "who" | "place" | "motive" | `q:${string}` | "files" | "identity" | "consent" | "check" | "equipment" | "send";

export interface Known {
  readonly practices: number;
  readonly questionnaire: Questionnaire | null;
  readonly hasIdentity: boolean;
  /** For an appointment: practice and practitioner are settled. */
  readonly isBooked: boolean;
}

/** The steps of this request, in order: questions that need no asking are no steps. */
export function stepsOf(draft: Draft, known: Known): readonly StepId[] {
  const steps: StepId[] = known.practices > 1 && !known.isBooked ? ["practice"] : [];
  if (!known.isBooked) steps.push("who");
  steps.push("place", "motive", ...questionSteps(draft, known.questionnaire), "files");
  // Once asked here, it stays in its place for the time of this request.
  if (!known.hasIdentity || draft.seen.includes("identity")) steps.push("identity");
  steps.push("consent", "check", "equipment", "send");
  return steps;
}

function questionSteps(draft: Draft, questionnaire: Questionnaire | null): StepId[] {
  if (!questionnaire) return [];
  const enabled = enabledItems(questionnaire, draft.answers);
  return pagesOf(questionnaire)
    .filter((page) => hasQuestions(page, enabled))
    .map((page): StepId => `q:${page.linkId}`);
}

export function pageOf(questionnaire: Questionnaire, step: StepId): Item | undefined {
  return pagesOf(questionnaire).find((page) => `q:${page.linkId}` === step);
}

export function isDone(step: StepId, draft: Draft, known: Known): boolean {
  switch (step) {
    case "practice":
      return draft.practice !== "";
    case "who":
      return draft.wish !== undefined;
    case "place":
      return draft.place.kind !== "" && draft.place.town.trim() !== "";
    case "motive":
      return draft.motive.trim() !== "" && draft.consultation !== null;
    case "identity":
      return known.hasIdentity;
    case "consent":
      return draft.consents["care-by-video"] === true && (!draft.hasFiles || draft.consents["documents-to-practice"] === true);
    case "files":
    case "check":
    case "equipment":
      return draft.seen.includes(step);
    case "send":
      return false;
    default:
      return isPageDone(step, draft, known.questionnaire);
  }
}

function isPageDone(step: StepId, draft: Draft, questionnaire: Questionnaire | null): boolean {
  const page = questionnaire && pageOf(questionnaire, step);
  if (!questionnaire || !page) return true;
  const enabled = enabledItems(questionnaire, draft.answers);
  if (faultsOf(page, draft.answers, enabled).size > 0) return false;
  const answered = [...(page.item ?? [])].some((item) => (draft.answers[item.linkId] ?? []).length > 0);
  return answered || draft.seen.includes(step);
}

/** Where to go on: the first step that is not done. */
export function resumeAt(draft: Draft, known: Known): StepId {
  return stepsOf(draft, known).find((step) => !isDone(step, draft, known)) ?? "send";
}

/** Whether one may stand on this step: all before it are done. */
export function mayEnter(step: StepId, draft: Draft, known: Known): boolean {
  const steps = stepsOf(draft, known);
  const index = steps.indexOf(step);
  return index >= 0 && steps.slice(0, index).every((one) => isDone(one, draft, known));
}

/** A consultation belongs to one practice: with another, what was sealed for the first is begun anew. */
export function choosePractice(draft: Draft, practice: string): Draft {
  if (draft.practice === practice) return draft;
  const before = draft.practice !== "" && draft.consultation !== null;
  const seen = before ? draft.seen.filter((step) => step !== "files" && step !== "identity") : draft.seen;
  return { ...draft, practice, wish: undefined, consultation: null, file: null, hasFiles: false, seen, consents: before ? {} : draft.consents };
}
