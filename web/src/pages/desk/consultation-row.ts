/** One consultation in a list. The server knows no name: it is opened at a press, for that row alone. */

import { button, dayAndTime, el, fill, t, tag, whileBusy } from "../../face";
import type { Keyring } from "../../keys";
import { openCompartment } from "../../records";
import type { Summary } from "../patient/api";
import type { Identity } from "../patient/store";
import { isLinked } from "./linked";
import { refusal } from "./refusals";
import { fullName } from "./request-view";

export function consultationRow(keyring: Keyring, one: Summary, isNameless = true): HTMLLIElement {
  const isClosed = one.state === "closed";
  const told = isClosed ? t("desk.closed-at", { when: dayAndTime(one.closed_at ?? one.created_at) }) : t("desk.since", { when: dayAndTime(one.taken_at ?? one.created_at) });
  const isOpenable = !isClosed || isLinked(one, new Date());
  const [who, trouble] = [el("small"), el("div")];
  const link = isOpenable ? { href: `/desk/${one.id}`, text: told } : { href: `/files/${one.file}`, text: told };
  const side = isOpenable && isNameless ? nameButton(keyring, one.file, who, trouble) : null;
  const mark = isClosed ? tag(t("desk.state.closed")) : tag(t("desk.state.taken"), "action");
  return el("li", null, el("div", { class: "row" }, el("span", { class: "row-text" }, el("a", { href: link.href }, el("strong", null, link.text)), who), mark, side), trouble);
}

export function nameButton(keyring: Keyring, file: string, who: HTMLElement, trouble: HTMLElement): HTMLElement {
  const show = button(t("desk.show-name"), () => void whileBusy(show, async () => {
    fill(trouble);
    try {
      const opened = await openCompartment(keyring, file, "identity", "care");
      who.textContent = fullName((opened.items.filter((item) => item.kind === "identity").at(-1)?.data ?? null) as Identity | null);
      who.tabIndex = -1;
      who.focus();
      show.remove();
    } catch (error) {
      fill(trouble, refusal(error, { file }));
    }
  }), "quiet", "eye");
  return show;
}
