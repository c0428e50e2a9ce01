/**
 * Saves as one goes: at once on this device, a moment later on the server, one save after another. What fails is tried
 * again when the network is back, and every fifteen seconds.
 */

import type { Saved } from "../../face";

export interface SaverOptions {
  /** Keeps on this device. */
  readonly keep: () => Promise<void>;
  /** Sends what has changed since the last time it succeeded; false: there is nothing on the server to send it to yet. */
  readonly send: () => Promise<boolean>;
  readonly mark: Saved;
  /** A refusal that trying again will not mend. */
  readonly onRefused: (error: unknown) => void;
  readonly isPassing: (error: unknown) => boolean;
  /** This browser keeps nothing: it is full, or forbids it. Told once. */
  readonly onNotKept: (error: unknown) => void;
}

const QUIET_MS = 900;
const AGAIN_MS = 15_000;

export class Saver {
  readonly #options: SaverOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #isDirty = false;
  #isStopped = false;
  #hasToldNotKept = false;

  constructor(options: SaverOptions) {
    this.#options = options;
    addEventListener("online", () => {
      if (this.#isDirty) void this.flush();
    });
    // A page that is put away may not come back: keep now.
    addEventListener("pagehide", () => {
      this.#keep();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.#isDirty) void this.flush();
    });
  }

  /** Something was typed. */
  touch(): void {
    if (this.#isStopped) return;
    this.#isDirty = true;
    this.#keep();
    this.#plan(QUIET_MS);
  }

  /** Another tab goes on with this: nothing more is kept or sent from here. */
  stop(): void {
    this.#isStopped = true;
    this.#isDirty = false;
    clearTimeout(this.#timer);
  }

  /** Saves now. Resolves to whether everything is on the server. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    if (!this.#isDirty || this.#isStopped) return !this.#isDirty;
    this.#running = this.#save();
    await this.#running;
    return !this.#isDirty;
  }

  async #save(): Promise<void> {
    this.#isDirty = false;
    this.#options.mark.set({ state: "saving" });
    try {
      const isSent = await this.#options.send();
      // Neither here nor there: then it is not saved.
      this.#options.mark.set(isSent || !this.#hasToldNotKept ? { state: "saved", at: new Date() } : { state: "empty" });
    } catch (error) {
      this.#isDirty = true;
      this.#options.mark.set({ state: navigator.onLine ? "failed" : "offline" });
      if (this.#options.isPassing(error)) this.#plan(AGAIN_MS);
      else this.#options.onRefused(error);
    } finally {
      this.#running = null;
    }
  }

  #keep(): void {
    if (this.#isStopped) return;
    this.#options.keep().catch((error: unknown) => {
      if (this.#hasToldNotKept) return;
      this.#hasToldNotKept = true;
      this.#options.onNotKept(error);
    });
  }

  #plan(wait: number): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.flush(), wait);
  }
}
