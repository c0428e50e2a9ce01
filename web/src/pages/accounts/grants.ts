/** Someone's records are about to open to another account: whoever still holds the old keys sees it first, and says no with one click. */

import { dayAndTime, el, fill, notice, t, toast } from "../../face";
import { keyringOfBefore } from "../../keys";
import { api } from "../../net";
import { actButton } from "./form";

interface Grant {
  readonly id: string;
  readonly record: string;
  readonly to: string;
  readonly not_before: string;
}

/**
 * Fills `place` where something is to be refused, and leaves it empty otherwise. Asked for by the key of this browser, whether somebody
 * is signed in or not: who starts again with an address has ended the sessions of the account before.
 */
export async function showGrants(place: HTMLElement): Promise<void> {
  const keyring = await keyringOfBefore().catch(() => null);
  if (!keyring) return;
  const grants = await api.post<readonly Grant[]>("/api/grants/about-me", { statement: await keyring.sign("grants", {}) });
  const [first] = grants;
  if (!first) return;
  const refuse = async (): Promise<void> => {
    for (const { id, record, to } of grants) {
      await api.post(`/api/grants/${id}/cancel`, { statement: await keyring.sign("grant-cancel", { record, to }) });
    }
    toast(t("accounts.grants.refused"));
    fill(place);
  };
  fill(
    place,
    notice(
      "harm",
      el("p", null, t("accounts.grants.notice", { n: grants.length, when: dayAndTime(first.not_before) })),
      el("p", null, t("accounts.grants.what")),
      actButton(t("accounts.grants.refuse"), refuse, { kind: "harm", icon: "x" }),
    ),
  );
}
