/** The consultation under way: the call, the messages, the documents; and what can still be said after it. */

import { announce, el, failureOf, fill, seal, t, button } from "../../face";
import { deviceKey } from "../../directory";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { openCompartment } from "../../records";
import { mountCall, type CallHandle } from "../../video/call";
import { verifyWith } from "../../video/identity";
import type { IceAnswer } from "../../video/relay";
import { nameOf, type Consultation, type Presence } from "./api";
import { chosenPath } from "./equipment";
import { mountTalk, type Say, type Talk } from "./talk";
import type { Side } from "./waiting-room";


export class Taken implements Side {
  readonly element = el("div", { class: "stack consultation" });
  readonly #who = el("p", { class: "lead" });
  readonly #presence = el("p", { class: "quiet-text", role: "status" });
  readonly #news = newsBar();
  readonly #watch: IntersectionObserver;
  readonly #call: CallHandle;
  readonly #talk: Talk;
  #told: Presence | null = null;

  constructor(consultation: Consultation, keyring: Keyring, say: Say) {
    const { practitioner } = consultation;
    if (!practitioner) throw new Error("a consultation that nobody has taken");
    const stage = el("div", { class: "call-place" });
    const talk = el("div", { class: "talk-place stack" });
    // Who chose to write finds the messages first.
    const sides = chosenPath() === "text" ? [talk, stage] : [stage, talk];
    this.element.append(el("h1", null, t("patient.call.title")), this.#who, this.#presence, el("div", { class: "consultation-sides" }, sides), this.#news);
    this.#watch = watchFor(talk, this.#news);
    this.#call = mountCall(stage, {
      consultation: consultation.id,
      role: "patient",
      peer: practitioner.person,
      peerName: nameOf(practitioner),
      sign: (kind, fields) => keyring.sign(kind, fields),
      verify: verifyWith(deviceKey),
      ice: () => api.get<IceAnswer>(`/api/consultations/${consultation.id}/ice`),
      onchange: (view) => {
        say({ type: "call", state: view.state === "ended" ? "left" : view.state === "connected" || view.state === "unsteady" ? "in" : "joining" });
      },
    });
    this.#talk = mountTalk(talk, consultation, keyring, say);
    this.update(consultation);
  }

  update(consultation: Consultation): void {
    const { practitioner } = consultation;
    if (!practitioner) return;
    const who = nameOf(practitioner);
    this.#who.textContent = t("patient.call.with", { who, profession: practitioner.profession });
    this.showPresence(consultation.presence.practitioner, who);
    this.#talk.update(consultation);
  }

  showPresence(state: Presence, who: string): void {
    if (state === this.#told) return;
    this.#told = state;
    this.#presence.textContent = t(`patient.call.${state}`, { who });
  }

  get talk(): Talk {
    return this.#talk;
  }

  destroy(): void {
    this.#watch.disconnect();
    this.#call.destroy();
    this.#talk.destroy();
  }

  /** The consultation was closed or passed on while the call stood. */
  end(): void {
    this.#call.close("closed");
  }
}

/** On a phone the messages are under the call: a bar says that there is something new there. */
function newsBar(): HTMLElement {
  return el("div", { class: "news-bar", hidden: true });
}

function watchFor(talk: HTMLElement, bar: HTMLElement): IntersectionObserver {
  let isSeen = true;
  const look = button(t("patient.call.news"), () => {
    talk.scrollIntoView({ block: "start" });
    talk.querySelector<HTMLElement>(".thread-scroll")?.focus({ preventScroll: true });
  }, "", "message-square");
  bar.append(look);
  const watch = new IntersectionObserver((entries) => {
    isSeen = entries.some((one) => one.isIntersecting);
    if (isSeen) bar.hidden = true;
  });
  watch.observe(talk);
  talk.addEventListener("news", () => {
    bar.hidden = isSeen;
  });
  return watch;
}

export class Closed implements Side {
  readonly element = el("div", { class: "stack consultation" });
  readonly #talk: Talk;

  constructor(consultation: Consultation, keyring: Keyring, say: Say) {
    const who = consultation.practitioner ? nameOf(consultation.practitioner) : consultation.practice.name;
    const summary = el("div", { class: "stack near" });
    const talk = el("div", { class: "stack" });
    this.element.append(
      el("h1", null, t("patient.closed.title")),
      el("section", { class: "stack near summary-sheet" }, el("h2", null, t("patient.closed.summary")), summary),
      el("p", null, t("patient.closed.more")),
      talk,
    );
    this.#talk = mountTalk(talk, consultation, keyring, say);
    void this.#showSummary(summary, consultation, keyring, who);
    announce(t("patient.closed.title"), true);
  }

  async #showSummary(place: HTMLElement, consultation: Consultation, keyring: Keyring, who: string): Promise<void> {
    const shut = seal("opening", { readers: t("patient.closed.readers", { who }) });
    fill(place, shut.element);
    try {
      const care = await openCompartment(keyring, consultation.id, "care", "own-record");
      const found = care.items.filter((item) => item.kind === "summary").at(-1);
      const text = (found?.data as { text?: string } | undefined)?.text ?? "";
      if (text === "") fill(place, el("p", { class: "quiet-text" }, t("patient.closed.no-summary")));
      else {
        shut.set("open", el("p", { class: "written" }, text));
        place.append(
          el(
            "div",
            { class: "actions" },
            button(
              t("patient.closed.print"),
              () => {
                print();
              },
              "second",
              "printer",
            ),
          ),
        );
      }
    } catch (error) {
      shut.set("sealed");
      place.append(failureOf(error, "", () => void this.#showSummary(place, consultation, keyring, who)));
    }
  }

  get talk(): Talk {
    return this.#talk;
  }

  update(consultation: Consultation): void {
    this.#talk.update(consultation);
  }

  destroy(): void {
    this.#talk.destroy();
  }
}
