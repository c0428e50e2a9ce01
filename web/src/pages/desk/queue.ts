/** The queue, live: no names, for the server knows none; a request is opened by who is about to take it. */

import { announce, button, clockTime, el, empty, fill, notice, t, tag, textArea, whileBusy } from "../../face";
import type { Keyring } from "../../keys";
import { Socket } from "../../net";
import { isUnanswered } from "../../vault";
import type { Presence } from "../patient/api";
import { act, Word } from "./acts";
import { chime } from "./chime";
import { mineFirst } from "./order";
import { refusal } from "./refusals";
import { showRequest } from "./request-view";

interface Waiting {
  readonly id: string;
  readonly patient: string;
  readonly file: string;
  readonly for_me: boolean;
  readonly waiting_since: string;
  readonly presence: Presence;
}

const TONES: Readonly<Record<Presence, "action" | "caution" | undefined>> = { here: "action", unsteady: "caution", gone: undefined };
const LOOK_AT_CLOCK_MS = 20_000;

export class Queue {
  readonly element = el("section", { class: "stack near", "aria-labelledby": "queue-title" });
  readonly #keyring: Keyring;
  readonly #socket: Socket;
  readonly #net = el("div", { role: "status" });
  readonly #list = el("ol", { class: "rows queue" });
  readonly #count = el("span", { class: "quiet-text" });
  readonly #rows = new Map<string, Row>();
  #wasTold = false;

  constructor(keyring: Keyring, practice: string) {
    this.#keyring = keyring;
    this.element.append(el("h2", { id: "queue-title" }, t("desk.queue"), " ", this.#count), this.#net, this.#list);
    this.#socket = new Socket(`/ws/queue/${practice}`, {
      onMessage: (message) => {
        if (message.type === "queue") this.#show(mineFirst(message["waiting"] as readonly Waiting[]));
      },
      onState: (state) => {
        fill(this.#net, state === "waiting" ? notice("caution", t("desk.queue-lost")) : state === "refused" ? notice("harm", t("desk.queue-refused")) : null);
      },
    });
    setInterval(() => {
      for (const row of this.#rows.values()) row.tick();
    }, LOOK_AT_CLOCK_MS);
  }

  #show(waiting: readonly Waiting[]): void {
    const gone = new Set(this.#rows.keys());
    const isNews = this.#wasTold && waiting.some((one) => !this.#rows.has(one.id));
    for (const one of waiting) {
      gone.delete(one.id);
      const row = this.#rows.get(one.id) ?? new Row(this.#keyring, one.id, () => { this.#showEmpty(); });
      this.#rows.set(one.id, row);
      row.update(one);
    }
    for (const id of gone) {
      // Someone may be reading it: the row says that it is gone, and is not taken away under their eyes.
      const row = this.#rows.get(id);
      this.#rows.delete(id);
      if (row?.isOpen) row.end();
      else row?.element.remove();
    }
    // Elements stay where they are unless the order changed: a focus in a row is not lost.
    for (const [index, one] of waiting.entries()) {
      const { element } = this.#rows.get(one.id) ?? { element: null };
      if (element && this.#list.children[index] !== element) this.#list.insertBefore(element, this.#list.children[index] ?? null);
    }
    this.#count.textContent = waiting.length === 0 ? "" : t("desk.queue-count", { n: waiting.length });
    this.#showEmpty();
    document.title = `${waiting.length > 0 ? `(${waiting.length}) ` : ""}${t("desk.title")} – Colloque`;
    if (isNews) {
      announce(t("desk.queue-news", { n: waiting.length }));
      chime();
    }
    this.#wasTold = true;
  }

  #showEmpty(): void {
    this.#list.querySelector(".queue-none")?.remove();
    if (this.#list.childElementCount === 0) this.#list.append(el("li", { class: "queue-none" }, empty(t("desk.queue-empty"), t("desk.queue-empty-text"))));
  }

  destroy(): void {
    this.#socket.close();
  }
}

class Row {
  readonly element = el("li");
  isOpen = false;
  readonly #keyring: Keyring;
  readonly #id: string;
  readonly #head = el("div", { class: "row" });
  readonly #words = el("div", { class: "row-text" });
  readonly #presence = el("span");
  readonly #body = el("div");
  readonly #open: HTMLButtonElement;
  readonly #onLeft: () => void;
  #now: Waiting | null = null;
  /** My own act, while it is under way or its answer is lost: it may be why the request waits no longer. */
  #mine: (() => Promise<void>) | null = null;
  #isUnderway = false;
  #isGone = false;

  constructor(keyring: Keyring, id: string, onLeft: () => void) {
    this.#keyring = keyring;
    this.#id = id;
    this.#onLeft = onLeft;
    this.#open = button(t("desk.read-request"), () => { this.#read(); }, "second", "mail-open");
    this.#head.append(this.#words, this.#open);
    this.element.append(this.#head, this.#body);
  }

  update(one: Waiting): void {
    this.#now = one;
    fill(this.#presence, tag(t(`desk.presence.${one.presence}`), TONES[one.presence]));
    this.tick();
  }

  tick(): void {
    const one = this.#now;
    if (!one) return;
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(one.waiting_since)) / 60_000));
    const since = minutes === 0 ? t("desk.waits-now") : t("desk.waits", { n: minutes });
    const told = t("desk.waits-since", { time: clockTime(one.waiting_since) });
    fill(this.#words, el("strong", null, since), el("small", null, told), el("span", { class: "tags" }, one.for_me ? tag(t("desk.for-me"), "action") : null, this.#presence));
  }

  #leave(): void {
    this.element.remove();
    this.#onLeft();
  }

  /** It waits no longer while it is open here. Where that may be my doing, my act is asked for again, and its answer says. */
  end(): void {
    this.#isGone = true;
    if (this.#mine === null) this.#sayGone();
    else if (!this.#isUnderway) void this.#mine();
  }

  /** It was taken, cancelled or refused elsewhere. */
  #sayGone(): void {
    const close = el("div", { class: "actions" }, button(t("face.close"), () => { this.#leave(); }, "second"));
    fill(this.#body, el("div", { class: "stack near queue-request" }, notice("caution", t("desk.gone-meanwhile")), close));
    announce(t("desk.gone-meanwhile"));
  }

  #read(): void {
    const one = this.#now;
    if (!one || this.isOpen) return;
    this.isOpen = true;
    this.#open.remove();
    const request = el("div");
    const trouble = el("div");
    const take = button(t("desk.take"), () => void this.#take(take, trouble), "", "user-check");
    const refuse = button(t("desk.refuse"), () => { this.#askRefusal(actions, trouble); }, "second");
    const actions = el("div", { class: "actions" }, take, refuse);
    fill(this.#body, el("div", { class: "stack near queue-request" }, request, trouble, actions));
    void showRequest(request, this.#keyring, { consultation: this.#id, file: one.file }, "queue");
  }

  #take(pressed: HTMLButtonElement, trouble: HTMLElement): Promise<void> {
    const again = (): Promise<void> => this.#take(pressed, trouble);
    return this.#act(pressed, trouble, again, async () => {
      await act(this.#keyring, "take", this.#id);
      location.assign(`/desk/${this.#id}`);
    });
  }

  async #act(pressed: HTMLButtonElement, trouble: HTMLElement, again: () => Promise<void>, work: () => Promise<void>): Promise<void> {
    if (this.#isUnderway) return;
    fill(trouble);
    this.#mine = again;
    this.#isUnderway = true;
    try {
      await whileBusy(pressed, work);
      this.#mine = () => Promise.resolve();
    } catch (error) {
      if (!isUnanswered(error)) this.#mine = null;
      fill(trouble, refusal(error, { retry: () => void again() }));
      if (this.#isGone && this.#mine === null) this.#sayGone();
    } finally {
      this.#isUnderway = false;
    }
  }

  #askRefusal(actions: HTMLElement, trouble: HTMLElement): void {
    const word = textArea(t("desk.refuse-word"), { rows: 3, maxlength: 1000 }, { hint: t("desk.refuse-hint") });
    const said = new Word();
    const back = button(t("face.no-keep"), () => { box.replaceWith(actions); }, "second");
    const refuse = (): Promise<void> => this.#act(send, trouble, refuse, async () => {
      await said.leave(this.#keyring, this.#id, "refusal", word.input.value, "queue");
      await act(this.#keyring, "refuse", this.#id);
      this.isOpen = false;
      this.#leave();
      announce(t("desk.refused"));
    });
    const send = button(t("desk.refuse-send"), () => void refuse(), "harm");
    const box = el("div", { class: "confirm stack near" }, word.element, el("div", { class: "actions" }, send, back));
    actions.replaceWith(box);
    word.input.focus();
  }
}
