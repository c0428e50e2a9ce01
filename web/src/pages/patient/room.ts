/** One consultation as its patient sees it, from the waiting room to the summary; the socket moves it. */

import { announce, arrive, el, failure, failureOf, fill, need, notice, t, whileWaiting } from "../../face";
import type { Keyring } from "../../keys";
import { ApiError, Socket, type Message } from "../../net";
import { getConsultation, nameOf, type Consultation, type Presence, type State } from "./api";
import { over, wordOf } from "./over";
import { WaitingRoom, type Side } from "./waiting-room";

type Talking = Side & Partial<{ readonly talk: { hear(message: Message): void }; showPresence(state: Presence, who: string): void; end(): void }>;

export class Room {
  readonly #place = need("#page");
  readonly #banner = el("div", { class: "net", role: "status" });
  readonly #body = el("div");
  readonly #id: string;
  readonly #keyring: Keyring;
  #socket: Socket | null = null;
  #side: Talking | null = null;
  #state: State | null = null;
  #practitioner = "";
  #now: Consultation | null = null;
  #wasLost = false;

  constructor(id: string, keyring: Keyring) {
    this.#id = id;
    this.#keyring = keyring;
  }

  async start(): Promise<void> {
    try {
      const consultation = await whileWaiting(this.#place, getConsultation(this.#id));
      fill(this.#place, this.#banner, this.#body);
      await this.#show(consultation);
      this.#listen();
    } catch (error) {
      fill(this.#place, el("div", { class: "stack" }, el("h1", null, t("patient.call.title")), this.#failed(error)));
    }
  }

  #failed(error: unknown): HTMLElement {
    if (error instanceof ApiError && error.status === 404) {
      const link = { href: "/home", text: t("patient.home.title") };
      return failure({ happened: t("patient.gone.title"), safe: t("patient.gone.text"), tone: "caution", link });
    }
    return failureOf(error, "", () => void this.start());
  }

  #listen(): void {
    this.#socket = new Socket(`/ws/consultations/${this.#id}`, {
      onMessage: (message) => {
        this.#hear(message);
      },
      onState: (state) => {
        if (state === "waiting") this.#showNet("lost");
        else if (state === "open" && this.#wasLost) this.#showNet("back");
        else if (state === "refused") this.#showNet("refused");
      },
    });
  }

  #hear(message: Message): void {
    if (message.type === "consultation") void this.#show(message as unknown as Consultation);
    else if (message.type === "presence" && message["role"] === "practitioner") this.#side?.showPresence?.(message["state"] as Presence, this.#practitioner);
    else this.#side?.talk?.hear(message);
  }

  #showNet(state: "lost" | "back" | "refused"): void {
    this.#wasLost = state === "lost";
    const text = t(`patient.net.${state}`);
    fill(this.#banner, state === "back" ? null : notice("caution", text));
    if (state === "back") announce(text);
  }

  async #show(consultation: Consultation): Promise<void> {
    const before = this.#state;
    this.#now = consultation;
    this.#practitioner = consultation.practitioner ? nameOf(consultation.practitioner) : "";
    if (before === consultation.state && this.#side) {
      this.#side.update(consultation);
      return;
    }
    this.#state = consultation.state;
    const side = await this.#sideFor(consultation, before);
    if (this.#now.state !== consultation.state) return; // it moved again while this side was loading
    this.#side?.end?.();
    this.#side?.destroy();
    this.#side = side;
    fill(this.#body, side.element);
    document.title = `${side.element.querySelector("h1")?.textContent ?? ""} – Colloque`;
    if (before !== null) this.#tell(consultation);
  }

  /** A change that the person did not make is said aloud, and the heading takes the focus. */
  #tell(consultation: Consultation): void {
    arrive(this.#body);
    if (consultation.state === "taken") announce(t("patient.call.taken", { who: this.#practitioner }), true);
    else announce(this.#body.querySelector("h1")?.textContent ?? "", true);
  }

  async #sideFor(consultation: Consultation, before: State | null): Promise<Talking> {
    if (consultation.state === "waiting") {
      const transferred =
        before === "taken" || consultation.transferred ? el("div", { class: "stack near" }, notice("caution", el("strong", null, t("patient.call.transferred")), t("patient.call.transferred-text")), wordOf(consultation, this.#keyring, "transfer")) : null;
      return new WaitingRoom(consultation, this.#keyring, { transferred, onChanged: (changed) => void this.#show(changed) });
    }
    if (consultation.state === "booked") location.replace(`/request/new?appointment=${consultation.id}`);
    if (consultation.state !== "taken" && consultation.state !== "closed") return over(consultation, this.#keyring);
    const { Closed, Taken } = await import("./taken");
    const say = (message: Message): void => {
      this.#socket?.send(message);
    };
    return consultation.state === "closed" ? new Closed(consultation, this.#keyring, say) : new Taken(consultation, this.#keyring, say);
  }
}
