/** What every page has: the offline banner, signing out, and a heading that takes the focus when the page changes in place. */

import { announce } from "./announce";
import { el, fill } from "./dom";
import { t } from "../words";

/** Call once per page. */
export function startShell(): void {
  watchNetwork();
}

function watchNetwork(): void {
  const banner = document.querySelector<HTMLElement>(".offline");
  if (!banner) return;
  const show = (): void => {
    const away = !navigator.onLine;
    if (away === !banner.hidden) return;
    banner.hidden = !away;
    fill(banner, away ? el("p", null, t("face.offline")) : null);
    announce(t(away ? "face.offline" : "face.online"), away);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

/** Move the focus to the heading of what was just put on the page, so that readers hear where they are. */
export function arrive(place: ParentNode = document): void {
  const heading = place.querySelector<HTMLElement>("h1");
  if (!heading) return;
  heading.setAttribute("tabindex", "-1");
  heading.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}
