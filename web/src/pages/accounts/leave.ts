/** Leaving: the session first, then this browser's keys. */

import { forgetKeyring } from "../../keys";
import { forgetMemory, keepNothingMore } from "../../memory/store";
import { api, ApiError } from "../../net";

/** Who is signed out already, because the answer to a first try was lost, has keys to forget all the same. */
export async function leave(path: "/api/sign-out" | "/api/sign-out/everywhere"): Promise<void> {
  keepNothingMore(true);
  try {
    await api.post(path);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) {
      keepNothingMore(false);
      throw error;
    }
  }
  // The server's answer to a sign-out clears this browser; a 401 does not.
  await Promise.allSettled([forgetKeyring(), forgetMemory()]);
  location.assign("/");
}
