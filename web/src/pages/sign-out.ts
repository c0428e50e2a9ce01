/** `/sign-out`: forget the keys of this browser, then the session; the answer has the browser clear what is left. */

import { el, fill, need, startShell, t } from "../face";
import { forgetKeyring } from "../keys";
import { api } from "../net";
import { actButton } from "./accounts/form";

startShell();

async function leave(): Promise<void> {
  await api.post("/api/sign-out");
  await forgetKeyring().catch(() => undefined);
  location.assign("/");
}

const mount = need("#steps");
mount.removeAttribute("aria-busy");
fill(
  mount,
  el("h1", null, t("accounts.sign-out.title")),
  el("p", null, t("accounts.sign-out.what")),
  actButton(t("accounts.sign-out.button"), leave, { icon: "log-out" }),
  el("p", null, el("a", { href: "/account" }, t("accounts.sign-out.elsewhere"))),
);
