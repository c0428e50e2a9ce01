/** Messages of one consultation: what was said, by whom, when, whether it was read; and a place to answer. */

import { announce, button, el, failureOf, fill, freshId, seal, sentenceOf, t, whileWaiting, type Seal } from "../face";
import { newId } from "../crypto";
import { bubble, dayLine, type Bubble } from "./bubble";
import { composer, type Composer } from "./composer";
import type { Message, ThreadSource, Unsent } from "./message";

const WRITING_SHOWN_MS = 5000;

export interface ThreadOptions {
  /** In words: who can read this thread. */
  readonly readers?: string;
  /** False: what was said can be read, and nothing added. */
  readonly canWrite?: boolean;
}

export interface ThreadHandle {
  /** Something was written elsewhere. */
  refresh(): void;
  /** The other has read up to this position. */
  showRead(position: number): void;
  showWriting(who: string): void;
  destroy(): void;
  /** Settles when what was there at first is shown, or could not be. */
  readonly ready: Promise<void>;
}

export function mountThread(place: HTMLElement, source: ThreadSource, options: ThreadOptions = {}): ThreadHandle {
  return new Thread(place, source, options);
}

class Thread implements ThreadHandle {
  readonly ready: Promise<void>;
  readonly #place: HTMLElement;
  readonly #source: ThreadSource;
  readonly #options: ThreadOptions;
  readonly #list = el("ol", { class: "thread-list" });
  readonly #scroller: HTMLElement;
  readonly #seal: Seal;
  readonly #trouble = el("div");
  readonly #writing = el("p", { class: "quiet-text thread-writing", role: "status" });
  readonly #below: HTMLButtonElement;
  readonly #composer: Composer;
  readonly #bubbles = new Map<string, Bubble>();
  readonly #unsent = new Map<string, string>();
  readonly #watch: IntersectionObserver;
  #last: Message | null = null;
  #readByOther = -1;
  #toldRead = -1;
  #refreshing: Promise<void> | null = null;
  #isStale = false;
  #isGone = false;
  #writingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(place: HTMLElement, source: ThreadSource, options: ThreadOptions) {
    this.#place = place;
    this.#source = source;
    this.#options = options;
    const heading = freshId("thread");
    this.#seal = seal("opening", options.readers === undefined ? {} : { readers: options.readers });
    this.#scroller = el("div", { class: "thread-scroll", tabindex: 0, role: "region", "aria-labelledby": heading });
    this.#below = button(t("thread.below"), () => { this.#scrollDown(); }, "second");
    this.#below.hidden = true;
    this.#composer = composer({ onSend: (text) => { this.#send(text, newId()); }, onWriting: source.writing, keep: source.draft.save });
    this.#watch = new IntersectionObserver(() => { this.#tellRead(); });
    fill(
      place,
      el("div", { class: "thread stack near" }, el("h2", { id: heading }, t("thread.title")), this.#scroller, this.#below, this.#trouble, this.#writing, options.canWrite === false ? null : this.#composer.element),
    );
    fill(this.#scroller, this.#seal.element);
    this.#watch.observe(this.#scroller);
    this.#scroller.addEventListener("scroll", this.#onScroll);
    document.addEventListener("visibilitychange", this.#onVisible);
    void source.draft.load().then((text) => { this.#composer.restore(text); }, () => undefined);
    this.ready = this.#load();
  }

  refresh(): void {
    if (this.#refreshing) {
      this.#isStale = true;
      return;
    }
    this.#refreshing = this.#refresh().finally(() => {
      this.#refreshing = null;
      if (this.#isStale && !this.#isGone) {
        this.#isStale = false;
        this.refresh();
      }
    });
  }

  showRead(position: number): void {
    if (position <= this.#readByOther) return;
    this.#readByOther = position;
    this.#markRead();
  }

  showWriting(who: string): void {
    clearTimeout(this.#writingTimer);
    this.#writing.textContent = t("thread.writing", { who });
    this.#writingTimer = setTimeout(() => { this.#writing.textContent = ""; }, WRITING_SHOWN_MS);
  }

  destroy(): void {
    this.#isGone = true;
    this.#watch.disconnect();
    this.#composer.destroy();
    clearTimeout(this.#writingTimer);
    document.removeEventListener("visibilitychange", this.#onVisible);
    fill(this.#place);
  }

  async #load(): Promise<void> {
    fill(this.#trouble);
    try {
      const unsent = this.#source.unsent.load().catch(() => []);
      const messages = await whileWaiting(this.#trouble, this.#source.load(), 2);
      if (this.#isGone) return;
      this.#seal.set("open", this.#list);
      this.#add(messages);
      this.#showUnsent(await unsent);
      this.#showEmpty();
      this.#scrollDown();
      this.#tellRead();
    } catch (error) {
      this.#seal.set("sealed");
      fill(this.#trouble, failureOf(error, "", () => void this.#load()));
    }
  }

  async #refresh(): Promise<void> {
    try {
      const found = await this.#source.refresh();
      for (const one of found) this.#arrived(one);
      const fresh = found.filter((one) => !this.#bubbles.has(one.id));
      if (this.#isGone || fresh.length === 0) return;
      const wasDown = this.#isDown();
      this.#add(fresh);
      const theirs = fresh.filter((one) => !one.isMine).at(-1);
      if (theirs) {
        this.#writing.textContent = "";
        announce(t("thread.came", { who: this.#source.nameOf(theirs.author), text: theirs.text }));
      }
      if (wasDown) this.#scrollDown();
      else this.#below.hidden = false;
      this.#tellRead();
      fill(this.#trouble);
    } catch (error) {
      fill(this.#trouble, failureOf(error, "", () => { this.refresh(); }));
    }
  }

  /** Many at once go into the page in one piece. */
  #add(messages: readonly Message[]): void {
    const piece = document.createDocumentFragment();
    for (const message of messages) {
      const day = dayLine(message, this.#last);
      if (day) piece.append(day);
      const shown = bubble(message, this.#source.nameOf(message.author));
      this.#bubbles.set(message.id, shown);
      piece.append(shown.element);
      this.#last = message;
    }
    this.#list.querySelector(".thread-empty")?.remove();
    this.#list.append(piece);
    this.#markRead();
  }

  /** What an earlier visit could not send stands where it stood, to be sent with the same id or let be. */
  #showUnsent(waiting: readonly Unsent[]): void {
    if (this.#options.canWrite === false) return;
    for (const { id, text } of waiting) {
      if (this.#bubbles.has(id)) continue;
      this.#unsent.set(id, text);
      this.#offer(text, id).set("failed");
    }
    if (this.#unsent.size < waiting.length) this.#keepUnsent();
  }

  #keepUnsent(): void {
    void this.#source.unsent.save([...this.#unsent].map(([id, text]) => ({ id, text }))).catch(() => undefined);
  }

  /** Known to be there: what waited for it waits no more, whichever tab or answer brings the news. */
  #arrived(message: Message): void {
    if (!this.#unsent.delete(message.id)) return;
    this.#keepUnsent();
    const shown = this.#bubbles.get(message.id);
    if (!shown) return;
    shown.element.dataset["position"] = String(message.position);
    shown.set("sent");
    this.#markRead();
  }

  /** A message of mine that the server does not have yet. */
  #offer(text: string, id: string): Bubble {
    const waiting: Message = { id, text, author: "", at: new Date().toISOString(), position: -1, isMine: true };
    const shown = bubble(waiting, "", () => { this.#send(text, id, shown); });
    const day = dayLine(waiting, this.#last);
    this.#list.querySelector(".thread-empty")?.remove();
    if (day) this.#list.append(day);
    this.#list.append(shown.element);
    // Where what was said could not be opened yet, what one says is seen all the same.
    if (!this.#list.isConnected) this.#scroller.append(this.#list);
    this.#bubbles.set(id, shown);
    this.#last = waiting;
    return shown;
  }

  #send(text: string, id: string, again?: Bubble): void {
    const shown = again ?? this.#offer(text, id);
    this.#unsent.set(id, text);
    this.#keepUnsent();
    shown.set("sending");
    this.#scrollDown();
    this.#source.send(text, id).then(
      (sent) => {
        this.#arrived(sent);
        announce(t("thread.sent"));
      },
      (error: unknown) => {
        shown.set("failed", sentenceOf(error));
        announce(t("thread.not-sent"), true);
      },
    );
  }

  /** "Read" stands under the last of mine that was, and under no other. */
  #markRead(): void {
    let last: Bubble | null = null;
    for (const one of this.#bubbles.values()) {
      if (one.element.dataset["mine"] !== "yes") continue;
      one.showRead(false);
      const position = Number(one.element.dataset["position"]);
      if (position >= 0 && position <= this.#readByOther) last = one;
    }
    last?.showRead(true);
  }

  /** Tells the server how far was read, once the last line was on a page that someone looks at. */
  #tellRead(): void {
    const last = [...this.#list.querySelectorAll<HTMLElement>('[data-mine="no"]')].at(-1);
    const position = Number(last?.dataset["position"] ?? -1);
    if (position <= this.#toldRead || document.visibilityState !== "visible" || !this.#isDown() || this.#scroller.offsetParent === null) return;
    this.#toldRead = position;
    this.#source.read(position).catch(() => { this.#toldRead = -1; });
  }

  #showEmpty(): void {
    if (this.#bubbles.size === 0) this.#list.append(el("li", { class: "thread-empty quiet-text" }, t(this.#options.canWrite === false ? "thread.none" : "thread.empty")));
  }

  #isDown(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < 48;
  }

  #scrollDown(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#below.hidden = true;
  }

  readonly #onScroll = (): void => {
    if (!this.#isDown()) return;
    this.#below.hidden = true;
    this.#tellRead();
  };

  readonly #onVisible = (): void => {
    this.#tellRead();
  };
}
