/** One message on the page. */

import { button, clockTime, dayKey, el, fill, relativeDay, t } from "../face";
import type { Message } from "./message";

export type Sending = "sending" | "sent" | "failed";

export interface Bubble {
  readonly element: HTMLLIElement;
  set(state: Sending, detail?: string): void;
  showRead(isRead: boolean): void;
}

export function bubble(message: Message, who: string, onRetry?: () => void): Bubble {
  const state = el("span", { class: "message-state" });
  const foot = el("p", { class: "message-foot" }, el("span", null, t("thread.by", { who: message.isMine ? t("thread.you") : who, time: clockTime(message.at) })), state);
  const element = el("li", { class: "message", "data-mine": message.isMine ? "yes" : "no", "data-position": message.position }, el("p", { class: "written" }, message.text), foot);
  return {
    element,
    set(sending, detail = "") {
      element.dataset["sending"] = sending;
      if (sending === "sending") fill(state, t("thread.sending"));
      else if (sending === "sent") fill(state);
      else fill(state, `${t("thread.not-sent")} ${detail}`.trim(), onRetry ? button(t("face.retry"), onRetry, "quiet", "refresh-cw") : null);
    },
    showRead(isRead) {
      if (element.dataset["sending"] !== "failed" && element.dataset["sending"] !== "sending") fill(state, isRead ? t("thread.read") : null);
    },
  };
}

/** A line with the day's name, where the day changes. */
export function dayLine(message: Message, before: Message | null): HTMLLIElement | null {
  if (before !== null && dayKey(before.at) === dayKey(message.at)) return null;
  return el("li", { class: "thread-day" }, relativeDay(message.at));
}
