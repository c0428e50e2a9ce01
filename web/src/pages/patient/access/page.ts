/** Each opening of my file in plain words, each line checked against the ledger's proof before it is shown. */

import { announce, capital, clockTime, dayInWords, dayKey, el, empty, failure, failureOf, fill, icon, need, notice, relativeDay, selectField, t, whileWaiting, type Child } from "../../../face";
import type { Keyring } from "../../../keys";
import { linesAboutMe, type ProvenLines } from "../../../vault";
import { nameOf } from "../api";
import { handingsOf, type Handing } from "../handings";
import { actsOf, byDay, type Act } from "../openings";
import { actRow, nameOfActor, ownRow } from "./act";
import { Known } from "./known";

const ALL = "self";
/** What the vault lists at once, newest first. */
const MOST_LINES = 500;
/** A line that does not stand where the ledger says: not a fault of the network, and never to be passed over. */
const NOT_PROVEN: ReadonlySet<string> = new Set(["LedgerError", "DirectoryError", "KeyChangedError", "EnvelopeError"]);

export class AccessPage {
  readonly #place = need("#page");
  readonly #list = el("div", { class: "stack" });
  readonly #erasing = el("div");
  readonly #keyring: Keyring;
  readonly #known = new Known();
  #asked = ALL;
  #handingRow: ((one: Handing) => HTMLElement) | null = null;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async start(): Promise<void> {
    await whileWaiting(this.#place, this.#known.load());
    fill(this.#place, el("div", { class: "stack" }, el("h1", null, t("patient.access.title")), el("p", { class: "lead" }, t("patient.access.lead")), this.#filter(), this.#list, this.#erasing));
    await this.#show();
    await this.#showErasing();
  }

  /** Few look for it: it comes when the rest is there, and its failing takes nothing away. */
  async #showErasing(): Promise<void> {
    try {
      const { erasingSection } = await import("./erasing");
      const section = await erasingSection(this.#keyring, this.#known.kept(), (practice) => this.#known.practice(practice) ?? "");
      fill(this.#erasing, section);
    } catch (error) {
      fill(this.#erasing, failureOf(error, "", () => void this.#showErasing()));
    }
  }

  #filter(): Child {
    const records = this.#known.records();
    if (records.length < 2) return null;
    const choices = records.map((one) => {
      const { consultation, practice } = one;
      if (!consultation) return { value: one.id, label: t("patient.access.record-file", { practice }) };
      const who = consultation.practitioner ? nameOf(consultation.practitioner) : practice;
      return { value: one.id, label: t("patient.access.record-consultation", { day: dayInWords(consultation.requested_at ?? consultation.created_at), who }) };
    });
    const field = selectField(t("patient.access.filter"), [{ value: ALL, label: t("patient.access.filter-all") }, ...choices]);
    field.input.addEventListener("change", () => {
      this.#asked = field.input.value;
      void this.#show();
    });
    return field.element;
  }

  async #show(): Promise<void> {
    const asked = this.#asked;
    fill(this.#list);
    try {
      const proven = await whileWaiting(this.#list, this.#load(asked));
      if (asked !== this.#asked) return;
      fill(this.#list, this.#contents(proven));
      announce(t("patient.access.checked", { n: proven.lines.length }));
    } catch (error) {
      if (asked === this.#asked) fill(this.#list, this.#failed(error));
    }
  }

  async #load(about: string): Promise<ProvenLines> {
    const proven = await linesAboutMe(this.#keyring, about);
    const handings = handingsOf(proven.lines);
    await this.#known.loadPeople(this.#acts(proven).map((act) => act.first.actor));
    // Few have records that went elsewhere: what tells of it is fetched then.
    if (handings.length > 0) this.#handingRow = await (await import("./handed-on")).handedOnRows(handings, this.#known);
    return proven;
  }

  #acts({ lines, reasons }: ProvenLines): readonly Act[] {
    return actsOf(lines, reasons, this.#keyring.person);
  }

  #failed(error: unknown): HTMLElement {
    const retry = (): void => void this.#show();
    if (!(error instanceof Error) || !NOT_PROVEN.has(error.name)) return failureOf(error, t("patient.access.not-now"), retry);
    return failure({ happened: t("patient.access.broken"), safe: t("patient.access.broken-text"), retry });
  }

  #contents(proven: ProvenLines): Child[] {
    const acts = this.#acts(proven);
    const others = acts.filter((one) => !one.isOwn);
    const own = acts.filter((one) => one.isOwn);
    return [
      this.#checked(proven),
      this.#exceptional(others),
      others.length === 0 ? empty(t("patient.access.empty"), t("patient.access.empty-text")) : null,
      byDay([...others, ...handingsOf(proven.lines)].sort((a, b) => b.first.seq - a.first.seq), dayKey).map(([, some]) => this.#day(some)),
      own.length === 0 ? null : el("details", null, el("summary", null, t("patient.access.own", { n: own.length })), el("p", { class: "hint" }, t("patient.access.own-hint")), el("ul", { class: "own-acts" }, own.map(ownRow))),
      proven.lines.length >= MOST_LINES ? el("p", { class: "quiet-text" }, t("patient.access.most", { n: MOST_LINES })) : null,
    ];
  }

  #day(all: readonly (Act | Handing)[]): HTMLElement {
    const [newest] = all;
    const day = newest ? capital(relativeDay(newest.first.time)) : "";
    const rows = all.map((one) => ("from" in one ? this.#handingRow?.(one) : actRow(one, this.#known)));
    return el("section", { class: "stack tight" }, el("h2", null, day), el("ul", { class: "rows", role: "list" }, rows));
  }

  /** The mark that every line below stands in the ledger, and what that does not say. */
  #checked({ lines, checkpoint }: ProvenLines): HTMLElement {
    const points = (["patient.access.how-1", "patient.access.how-2", "patient.access.how-3"] as const).map((key) => el("li", null, t(key, { size: checkpoint.size })));
    return el(
      "div",
      { class: "checked stack tight" },
      el("p", { class: "checked-line" }, icon("shield-check"), el("strong", null, t("patient.access.checked-at", { n: lines.length, time: clockTime(Date.now()) }))),
      el("details", null, el("summary", null, t("patient.access.how")), el("ul", { class: "stack tight" }, points)),
    );
  }

  #exceptional(acts: readonly Act[]): Child {
    const broken = acts.filter((one) => one.first.relation === "break-glass" && one.first.sort === "opened");
    if (broken.length === 0) return null;
    const links = broken.map((act) => el("li", null, el("a", { href: `#line-${act.first.seq}` }, t("patient.access.exceptional-by", { who: nameOfActor(act, this.#known), day: relativeDay(act.first.time) }))));
    return notice("harm", el("strong", null, t("patient.access.exceptional", { n: broken.length })), t("patient.access.exceptional-text"), el("ul", null, links));
  }
}
