/** Someone asks for the practice with its recovery sheet: whoever is still there sees it first, and says no with one click. */

import { dayAndTime, el, notice, t, toast } from "../../face";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { actButton } from "./form";
import { refuseReopening, type Asking } from "./practice-sheet";

export function listReopenings(practice: string): Promise<readonly Asking[]> {
  return api.get<readonly Asking[]>(`/api/practices/${practice}/reopenings`);
}

export function reopeningNotice(keyring: Keyring, practice: string, asking: Asking, reload: () => void): HTMLElement {
  const name = `${asking.given} ${asking.family}`;
  const refuse = async (): Promise<void> => {
    await refuseReopening(keyring, practice, asking.person);
    toast(t("accounts.reopen.refused", { name }));
    reload();
  };
  return notice(
    "harm",
    el("p", null, t("accounts.reopen.notice", { name, when: dayAndTime(asking.not_before) })),
    el("p", null, t("accounts.reopen.notice-what")),
    actButton(t("accounts.reopen.refuse"), refuse, { kind: "harm", icon: "x" }),
  );
}
