/** What the reader should know and can do something about, over the picture so that nothing below moves. */

import { el, say } from "./dom";
import type { Kind } from "./peer";
import type { CallView } from "./session";

export interface NoticeActions {
  readonly retry: (kind: Kind) => void;
  readonly audioOnly: () => void;
  readonly play: () => void;
}

interface Notice {
  readonly words: string;
  readonly button?: string;
  readonly act?: () => void;
}

const ADVISE_AFTER_MS = 8_000;

export class Notices {
  readonly #element: HTMLElement;
  readonly #actions: NoticeActions;
  #shown = "";
  #blocked: string | null = null;
  #weakSince: number | null = null;

  constructor(element: HTMLElement, actions: NoticeActions) {
    this.#element = element;
    this.#actions = actions;
    element.setAttribute("role", "status");
  }

  /** The browser plays no sound before a gesture. */
  setBlocked(name: string | null): void {
    this.#blocked = name;
    this.#draw(this.#blocked === null ? [] : [this.#playNotice(this.#blocked)]);
  }

  show(view: CallView): void {
    if (view.state === "ended") {
      this.#draw([]);
      return;
    }
    const notices = (["audio", "video"] as const).flatMap((kind) => this.#problem(view, kind));
    if (this.#blocked !== null) notices.push(this.#playNotice(this.#blocked));
    if (this.#isWeak(view)) {
      notices.push({ words: say("video.quality.advice"), button: say("video.audio-only"), act: this.#actions.audioOnly });
    }
    this.#draw(notices);
  }

  #problem(view: CallView, kind: Kind): Notice[] {
    const problem = view.local.problems[kind];
    if (problem === undefined || (kind === "video" && view.local.audioOnly)) return [];
    return [{ words: say(`video.media.${kind}.${problem}`), button: say("video.retry"), act: () => this.#actions.retry(kind) }];
  }

  #playNotice(name: string): Notice {
    return { words: say("video.play.why"), button: say("video.play", { name }), act: this.#actions.play };
  }

  #isWeak(view: CallView): boolean {
    const weak = (view.quality === "poor" || view.quality === "none") && !view.local.audioOnly;
    if (!weak) this.#weakSince = null;
    else this.#weakSince ??= performance.now();
    return this.#weakSince !== null && performance.now() - this.#weakSince > ADVISE_AFTER_MS;
  }

  #draw(notices: readonly Notice[]): void {
    const key = notices.map((notice) => notice.words).join("\n");
    if (key === this.#shown) return; // drawn already: a button must not go from under a finger
    this.#shown = key;
    this.#element.replaceChildren(
      ...notices.map(({ words, button, act }) => {
        const press = button === undefined ? null : el("button", { type: "button", class: "button second" }, button);
        if (press !== null && act !== undefined) press.addEventListener("click", act);
        return el("div", { class: "call-notice" }, el("p", {}, words), press);
      }),
    );
  }
}
