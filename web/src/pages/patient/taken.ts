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
import { mountTalk, type Say, type Talk } from "./talk";
import type { Side } from "./waiting-room";


export class Taken implements Side {
  readonly element = el("div", { class: "stack consultation" });
  readonly #who = el("p", { class: "lead" });
  readonly #presence = el("p", { class: "quiet-text", role: "status" });
  readonly #call: CallHandle;
  readonly #talk: Talk;
  #told: Presence | null = null;

  constructor(consultation: Consultation, keyring: Keyring, say: Say) {
    const { practitioner } = consultation;
    if (!practitioner) throw new Error("a consultation that nobody has taken");
    const stage = el("div", { class: "call-place" });
    const talk = el("div", { class: "talk-place stack" });
    this.element.append(el("h1", null, t("patient.call.title")), this.#who, this.#presence, el("div", { class: "consultation-sides" }, stage, talk));
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
    this.#call.destroy();
    this.#talk.destroy();
  }

  /** The consultation was closed or passed on while the call stood. */
  end(): void {
    this.#call.close("closed");
  }
}

export class Closed implements Side {
  readonly element = el("div", { class: "stack consultation" });
  readonly #talk: Talk;

  constructor(consultation: Consultation, keyring: Keyring, say: Say) {
    const who = consultation.practitioner ? nameOf(consultation.practitioner) : consultation.practice.name;
    const summary = el("div");
    const talk = el("div", { class: "stack" });
    this.element.append(
      el("h1", null, t("patient.closed.title")),
      el("section", { class: "stack near sheet" }, el("h2", null, t("patient.closed.summary")), summary),
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
