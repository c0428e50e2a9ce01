/** The pictures: the other side large, oneself small in a corner of one's choice. */

import { el, say, setText } from "./dom";

const CORNERS = ["top-start", "top-end", "bottom-end", "bottom-start"] as const;
type Corner = (typeof CORNERS)[number];

export class Stage {
  readonly element: HTMLElement;
  readonly remote = el("video", { class: "call-remote", autoplay: true, playsinline: true });
  readonly notices = el("div", { class: "call-notices" });
  readonly panel = el("div", { class: "call-panel" });
  readonly #self = el("video", { autoplay: true, playsinline: true });
  readonly #frame = el("button", { type: "button", class: "call-self" }, this.#self, el("span", {}, say("video.self")));
  readonly #cover = el("p", { class: "call-cover" });
  readonly #badge = el("p", { class: "call-badge" });

  constructor(name: string) {
    this.remote.setAttribute("aria-label", say("video.remote", { name }));
    this.#self.muted = true; // one must not hear oneself
    this.#self.setAttribute("aria-hidden", "true");
    this.#frame.setAttribute("aria-label", say("video.move"));
    this.element = el("div", { class: "call-stage" }, this.remote, this.#cover, this.#badge, this.#frame, this.notices, this.panel);
    this.#place("bottom-end");
    this.#makeMovable();
    this.showSelf(null);
  }

  /** Shows the other's picture, or says in its place why there is none. */
  showRemote(hasPicture: boolean, words: string): void {
    this.remote.toggleAttribute("data-dark", !hasPicture);
    setText(this.#cover, hasPicture ? "" : words);
  }

  showBadge(words: string): void {
    setText(this.#badge, words);
  }

  showSelf(track: MediaStreamTrack | null): void {
    const shown = (this.#self.srcObject as MediaStream | null)?.getVideoTracks()[0] ?? null;
    this.#frame.hidden = track === null;
    if (shown === track) return;
    this.#self.srcObject = track === null ? null : new MediaStream([track]);
    // Mirrored as in a mirror; the back camera of a telephone is not.
    this.#self.toggleAttribute("data-mirrored", track?.getSettings().facingMode !== "environment");
  }

  #place(corner: Corner): void {
    this.#frame.dataset["corner"] = corner;
  }

  /** Dragged to the nearest corner; by keyboard or a tap, to the next one. */
  #makeMovable(): void {
    const frame = this.#frame;
    let dragged = false;
    frame.addEventListener("pointerdown", (down) => {
      dragged = false;
      frame.setPointerCapture(down.pointerId);
      const follow = (move: PointerEvent): void => {
        const [x, y] = [move.clientX - down.clientX, move.clientY - down.clientY];
        dragged ||= Math.hypot(x, y) > 6;
        if (dragged) frame.style.translate = `${x}px ${y}px`;
      };
      const drop = (): void => {
        frame.removeEventListener("pointermove", follow);
        if (dragged) this.#place(this.#nearest());
        frame.style.translate = "";
      };
      frame.addEventListener("pointermove", follow);
      frame.addEventListener("pointerup", drop, { once: true });
      frame.addEventListener("pointercancel", drop, { once: true });
    });
    frame.addEventListener("click", () => {
      if (!dragged) this.#place(CORNERS[(CORNERS.indexOf(frame.dataset["corner"] as Corner) + 1) % CORNERS.length] as Corner);
      dragged = false;
    });
  }

  #nearest(): Corner {
    const [stage, self] = [this.element.getBoundingClientRect(), this.#frame.getBoundingClientRect()];
    const isTop = self.top + self.height / 2 < stage.top + stage.height / 2;
    const isLeft = self.left + self.width / 2 < stage.left + stage.width / 2;
    const isStart = isLeft === (getComputedStyle(this.element).direction !== "rtl");
    return `${isTop ? "top" : "bottom"}-${isStart ? "start" : "end"}`;
  }
}
