/** /desk: who waits, whom I have, whom I had. */

import { el, empty, failureOf, fill, need, startShell, t, toast, whileWaiting, type Child } from "../face";
import { requireKeyring } from "../keys";
import { api } from "../net";
import { erasuresToSign } from "./accounts/erasures-to-sign";
import { setChime, wantsChime } from "./desk/chime";
import { consultationRow } from "./desk/consultation-row";
import { byAge } from "./desk/linked";
import { membershipsAs, namedByAddress, type Membership } from "./desk/membership";
import { Queue } from "./desk/queue";
import { switchOf } from "./desk/switch";
import type { Summary } from "./patient/api";

const place = need("#page");

startShell();
const keyring = await requireKeyring();
let queue: Queue | null = null;
await show();

async function read() {
  const { confirmed, waiting } = await membershipsAs("practitioner");
  const membership = namedByAddress(confirmed);
  const mine = membership ? await api.get<readonly Summary[]>(`/api/consultations?practice=${membership.practice}`) : [];
  return { confirmed, waiting, membership, mine };
}

async function show(): Promise<void> {
  const title = el("h1", null, t("desk.title"));
  try {
    const { confirmed, waiting, membership, mine } = await whileWaiting(place, read());
    if (!membership) {
      fill(place, title, waiting.length > 0 ? empty(t("desk.unconfirmed"), t("desk.unconfirmed-text", { practice: waiting[0]?.name ?? "" })) : empty(t("desk.no-practice"), t("desk.no-practice-text")));
      return;
    }
    if (membership.needs_generation) void renew(membership.practice);
    const { open, recent, older } = byAge(mine, keyring.person, new Date());
    queue?.destroy();
    queue = new Queue(keyring, membership.practice);
    fill(
      place,
      el(
        "div",
        { class: "stack" },
        title,
        membership.is_asked_for ? askedFor(membership.practice) : null,
        erasuresToSign(membership),
        archiveOf(membership),
        others(membership, confirmed),
        el("div", { class: "switches" }, duty(membership), sound()),
        open.length > 0 ? section("current-title", t("desk.current"), open) : null,
        queue.element,
        recent.length > 0 ? section("recent-title", t("desk.recent"), recent) : null,
        older.length > 0 ? el("details", null, el("summary", null, t("desk.older", { n: older.length })), el("p", { class: "hint" }, t("desk.older-hint")), rows(older)) : null,
      ),
    );
  } catch (error) {
    fill(place, title, failureOf(error, "", () => void show()));
  }
}

/** Someone left, and nobody came since: the practice's next key is made beside the page, which does not wait for it. */
async function renew(practice: string): Promise<void> {
  const { renewQuietly } = await import("./accounts/practice-keys");
  await renewQuietly(keyring, practice);
}

/** Rare: what shows it is fetched then. */
function askedFor(practice: string): HTMLElement {
  const place = el("div", { "aria-live": "polite" });
  void import("./accounts/reopening-notice").then(async ({ listReopenings, reopeningNotice }) => {
    const asking = await listReopenings(practice);
    fill(place, asking.map((one) => reopeningNotice(keyring, practice, one, () => void show())));
  }).catch((error: unknown) => { fill(place, failureOf(error)); });
  return place;
}

/** Rarer still, and the vault alone knows: it is asked when the rest is there. */
function archiveOf(membership: Membership): HTMLElement {
  const place = el("div", { "aria-live": "polite" });
  void import("./accounts/archive-notice").then(({ showArchive }) => showArchive(place, keyring, membership));
  return place;
}

function others(chosen: Membership, all: readonly Membership[]): Child {
  if (all.length < 2) return null;
  const links = all.filter((one) => one !== chosen).map((one) => el("a", { class: "button quiet", href: `#${one.practice}`, onclick: () => { setTimeout(() => void show()); } }, one.name));
  return el("nav", { class: "actions", "aria-label": t("desk.other-practices") }, el("strong", null, chosen.name), links);
}

/** On duty, patients may choose me, and estimates count me. */
function duty(membership: Membership): HTMLElement {
  const words = (isOn: boolean): string => t(isOn ? "desk.duty-on" : "desk.duty-off");
  const turn = async (isOn: boolean): Promise<void> => {
    try {
      await api.post("/api/duty", { practice: membership.practice, on: isOn });
    } catch (error) {
      toast(t("desk.duty-failed"));
      throw error;
    }
  };
  return el("div", null, switchOf(membership.on_duty, words, turn), el("p", null, el("small", { class: "quiet-text" }, t("desk.duty-what"))));
}

function sound(): HTMLElement {
  return switchOf(wantsChime(), () => t("desk.chime"), (isOn) => { setChime(isOn); });
}

function section(id: string, heading: string, some: readonly Summary[]): HTMLElement {
  return el("section", { class: "stack near", "aria-labelledby": id }, el("h2", { id }, heading), rows(some));
}

function rows(some: readonly Summary[]): HTMLElement {
  return el("ul", { class: "rows" }, some.map((one) => consultationRow(keyring, one)));
}
