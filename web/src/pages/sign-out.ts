/** `/sign-out`: forget the keys of this browser, then the session; the answer has the browser clear what is left. */

import { el, fill, need, startShell, t } from "../face";
import { actButton } from "./accounts/form";
import { leave } from "./accounts/leave";

startShell();

const mount = need("#steps");
mount.removeAttribute("aria-busy");
fill(
  mount,
  el("h1", null, t("accounts.sign-out.title")),
  el("p", null, t("accounts.sign-out.what")),
  actButton(t("accounts.sign-out.button"), () => leave("/api/sign-out"), { icon: "log-out" }),
  el("p", null, el("a", { href: "/account" }, t("accounts.sign-out.elsewhere"))),
);
