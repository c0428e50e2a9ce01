/** Another member signed that records be erased, and waits for a second signature. */

import { el, notice, t, type Child } from "../../face";

export function erasuresToSign({ practice, erasures_to_sign: n }: { readonly practice: string; readonly erasures_to_sign: number }): Child {
  return n > 0 ? notice("action", el("a", { href: `/practice/erasing#${practice}` }, t("accounts.practice.to-sign", { n }))) : null;
}
