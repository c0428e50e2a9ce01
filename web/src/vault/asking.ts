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

/** `wrap` puts the statement into the body that the path expects; the vault's own paths take it bare. */
export async function ask<T>(path: string, sign: () => Promise<Dsse>, wrap: (statement: Dsse) => object = (statement) => statement): Promise<Said<T>> {
  const send = async (): Promise<Said<T>> => {
    const statement = await sign();
    return { statement, answer: await sendUntilAnswered<T>(path, wrap(statement)) };
  };
  try {
    return await send().catch((error: unknown) => {
      const vaultNow = error instanceof ApiError && error.error === "clock" ? error.details["now"] : null;
      if (typeof vaultNow !== "string") throw error;
      correctClock(vaultNow);
      return send();
    });
  } catch (error) {
    throw refusalOf(error, path);
  }
}

/** What was sent and not answered at all, by what it asks for. */
const unanswered = new Map<string, Dsse>();

/**
 * As `ask`; and whoever presses again after no answer came sends the very same statement. It may have been done: signed anew it would
 * be done twice, or be refused as if someone else had done it. `name` says what is asked for: the same name, the same act.
 */
export async function askOnce<T>(name: string, path: string, sign: () => Promise<Dsse>, wrap: (statement: Dsse) => object): Promise<T> {
  let sent: Dsse | undefined;
  const signOnce = async (): Promise<Dsse> => {
    // Wanted a second time, it is because of the clock: the one from before would not do.
    sent = (sent ? undefined : unanswered.get(name)) ?? (await sign());
    return sent;
  };
  try {
    const { answer } = await ask<T>(path, signOnce, wrap);
    unanswered.delete(name);
    return answer;
  } catch (error) {
    if (sent && isUnanswered(error)) unanswered.set(name, sent);
    else unanswered.delete(name);
    throw error;
  }
}

async function sendUntilAnswered<T>(path: string, body: object): Promise<T> {
  for (const wait of WAITS_MS) {
    try {
      return await api.post<T>(path, body);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return api.post<T>(path, body);
}

/** Whether it may have been done all the same. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ApiError && (error.isOffline || error.status === 503);
}

/** The vault's refusals under its own name; a network that does not answer stays what it is. */
function refusalOf(error: unknown, path: string): unknown {
  if (!(error instanceof ApiError) || error.isOffline || !path.startsWith("/vault/")) return error;
  const level = error.details["level"];
  return new VaultRefusal(error.error, error.message, error.retryAt, typeof level === "string" ? level : "");
}
