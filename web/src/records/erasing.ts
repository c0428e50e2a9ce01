/** A record to be erased for good: asked, decided, withdrawn, each said by this browser's device (docs/spec/key-release.md, "Erasing a record"). */

import type { Keyring } from "../keys";
import { api, ApiError } from "../net";

export interface Erasing {
  readonly record: string;
  readonly kind: "file" | "consultation";
  readonly subject: string;
  readonly wished_at: string | null;
  readonly reason: string | null;
  readonly not_before: string | null;
  /** `erased`, `withdrawn` by its subject, or why the practice keeps it; null while it waits. */
  readonly outcome: string | null;
  readonly ended_at: string | null;
}

/** The usual delay, and a day: where the vault wants a longer one it says from when on, and is asked again. */
const DELAY_MS = 8 * 86_400_000;
const MARGIN_MS = 60_000;

/** Her wish without a reason; the practice's decision with one. */
export async function askErasure(keyring: Keyring, record: string, reason?: "asked"): Promise<Erasing> {
  const ask = async (at: number): Promise<Erasing> => {
    const said = { record, step: "ask", not_before: new Date(at).toISOString(), ...(reason === undefined ? {} : { reason }) };
    return api.post(`/api/records/${record}/erasure`, { statement: await keyring.sign("erase", said) });
  };
  try {
    return await ask(Date.now() + DELAY_MS);
  } catch (error) {
    if (!(error instanceof ApiError) || error.error !== "too-soon" || !error.retryAt) throw error;
    return ask(error.retryAt.getTime() + MARGIN_MS);
  }
}

export async function withdrawErasure(keyring: Keyring, record: string, reason?: string): Promise<void> {
  const said = { record, ...(reason === undefined ? {} : { reason }) };
  await api.post(`/api/records/${record}/erasure/withdraw`, { statement: await keyring.sign("erase-withdraw", said) });
}
