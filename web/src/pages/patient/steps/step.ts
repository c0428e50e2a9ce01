/** What a step of the request is given, and what it gives back. */

import type { Keyring } from "../../../keys";
import type { Questionnaire } from "../../../questionnaire";
import type { Practice, PracticeLine } from "../api";
import type { Draft, StepId } from "../draft";
import type { RequestStore } from "../store";

export interface StepContext {
  readonly step: StepId;
  readonly draft: () => Draft;
  /** Keeps an answer; it is saved by itself. */
  readonly change: (part: Partial<Draft>) => void;
  readonly practices: readonly PracticeLine[];
  readonly practice: Practice | null;
  readonly questionnaire: Questionnaire | null;
  readonly store: RequestStore;
  readonly keyring: Keyring;
  readonly goTo: (step: StepId) => void;
  /** Go on without the button of the step. */
  readonly next: () => void;
}

export interface StepView {
  readonly element: HTMLElement;
  /** Whether one may go on; if not, the step has said what is missing. */
  readonly leave?: () => boolean | Promise<boolean>;
  /** Words of the button, when not "Continue"; an empty text: the step has its own. */
  readonly button?: string;
  /** When the page changes to another step. */
  readonly destroy?: () => void;
}

export type Step = (context: StepContext) => StepView;
