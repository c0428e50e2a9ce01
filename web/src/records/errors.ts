/** What can be wrong with a record: what came is not what was written. Nothing of it is shown. */

import { EnvelopeError } from "../crypto";

export class RecordError extends Error {
  override readonly name = "RecordError";
  /** `no-key`, `missing` (the list is gone), or the check of the envelope that failed: `tag`, `rolled-back`, `manifest-size`… */
  readonly word: string;

  constructor(word: string, detail: string, cause?: unknown) {
    super(detail);
    this.word = word;
    this.cause = cause;
  }
}

/** Passes on what `work` returns; a check of the envelope that fails becomes a RecordError. */
export async function checked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof EnvelopeError) throw new RecordError(error.reason, error.message, error);
    throw error;
  }
}
