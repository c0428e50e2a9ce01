import { expect } from "vitest";

import { EnvelopeError, type Reason } from "../../src/crypto";

/** Claims that something is refused, and by which check. */
export async function expectRefused(reason: Reason, attempt: () => unknown): Promise<void> {
  expect(await reasonOf(attempt)).toBe(reason);
}

/** The reason of the refusal, or null when nothing was refused. */
export async function reasonOf(attempt: () => unknown): Promise<Reason | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason;
    throw error;
  }
}
