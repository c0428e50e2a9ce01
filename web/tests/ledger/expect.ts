import { expect } from "vitest";

import { LedgerError, type LedgerReason } from "../../src/ledger";

/** Claims that something is refused, and by which check. */
export async function expectRefused(reason: LedgerReason, attempt: () => unknown): Promise<void> {
  let found: unknown = null;
  try {
    await attempt();
  } catch (error) {
    found = error instanceof LedgerError ? error.reason : error;
  }
  expect(found).toBe(reason);
}
