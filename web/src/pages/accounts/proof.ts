/** Grave acts ask again who one is, when that was long ago: one gesture with the passkey, then the act goes on. */

import { failure, t } from "../../face";
import { PasskeyError, usePasskey, type RequestJson } from "../../keys";
import { api, ApiError } from "../../net";
import { failedLine } from "./form";

/** The proof was not given: what is shown leads to where it can be. */
export class NotProven extends Error {
  override readonly name = "NotProven";
}

/** Does something grave; asks for the passkey first when the server wants it. Throws NotProven, or what `act` throws. */
export async function proven<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiError) || error.error !== "prove-again") throw error;
  }
  try {
    const options = await api.post<RequestJson>("/api/sign-in/passkey/options");
    const { credential } = await usePasskey(options);
    await api.post("/api/prove", { credential });
  } catch (error) {
    if (error instanceof PasskeyError || (error instanceof ApiError && !error.isOffline)) throw new NotProven();
    throw error;
  }
  return act();
}

/** Shows a failure; where the proof is missing, the way to sign in again and come back. */
export function provenFailure(error: unknown): HTMLElement {
  if (!(error instanceof NotProven)) return failedLine(error);
  const href = `/unlock?next=${encodeURIComponent(location.pathname)}`;
  return failure({
    happened: t("accounts.proof.title"),
    next: t("accounts.proof.what"),
    tone: "caution",
    link: { href, text: t("accounts.proof.link") },
  });
}
