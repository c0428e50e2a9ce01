/**
 * Sends one signed statement until the vault has answered it. A lost answer is asked for again with the very same statement, so that
 * nothing is written down or spent twice; a clock that is off is corrected once, and the statement signed anew.
 */

import { correctClock } from "../keys";
import { api, ApiError } from "../net";
import type { Dsse } from "../crypto";
import { VaultRefusal } from "./errors";

const WAITS_MS = [400, 1200, 3000] as const;

export interface Said<T> {
  readonly statement: Dsse;
  readonly answer: T;
}

export async function ask<T>(path: string, sign: () => Promise<Dsse>): Promise<Said<T>> {
  let statement = await sign();
  try {
    return { statement, answer: await sendUntilAnswered<T>(path, statement) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.error !== "clock") throw refusalOf(error);
    const vaultNow = error.details["now"];
    if (typeof vaultNow !== "string") throw refusalOf(error);
    correctClock(vaultNow);
    statement = await sign();
    return { statement, answer: await sendUntilAnswered<T>(path, statement).catch((again: unknown) => { throw refusalOf(again); }) };
  }
}

async function sendUntilAnswered<T>(path: string, statement: Dsse): Promise<T> {
  for (const wait of WAITS_MS) {
    try {
      return await api.post<T>(path, statement);
    } catch (error) {
      if (!isWorthAnother(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return api.post<T>(path, statement);
}

function isWorthAnother(error: unknown): boolean {
  return error instanceof ApiError && (error.isOffline || error.status === 503);
}

/** The vault's refusals under its own name; a network that does not answer stays what it is. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.isOffline) return error;
  return new VaultRefusal(error.error, error.message, error.retryAt);
}
