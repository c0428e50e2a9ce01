/** What a manager has to do about records that are handed on, said where they come first: to sign, and to seal anew. */

import { el, notice, type Child } from "../../face";
import { api } from "../../net";
import { handedOnBy } from "../../records/handed-on";
import { tc, type CustodyKey } from "../../words/custody";
import type { Told } from "../custody/said";

export async function custodyToDo(practice: string): Promise<Child[]> {
  const [{ taken }, left] = await Promise.all([api.get<Told>(`/api/practices/${practice}/custody`), handedOnBy(practice)]);
  const say = (key: CustodyKey, n: number): Child => (n === 0 ? null : notice("action", el("a", { href: `/practice/custody#${practice}` }, tc(key, { n }))));
  return [say("to-sign", taken.filter((one) => !one.is_agreed).length), say("to-seal", left.length)];
}
