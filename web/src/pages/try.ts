/** /try: in a try-out only. People of the demo with their codes of the moment, and the letters that were caught. */

import { button, dayAndTime, el, empty, fill, need, startShell, t } from "../face";
import { api } from "../net";

interface Person {
  readonly name: string;
  readonly role: string;
  readonly email: string;
  readonly passphrase: string;
  readonly totp: string;
}

interface Letter {
  readonly name: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string | null;
}

interface State {
  readonly people: readonly Person[];
  readonly letters: readonly Letter[];
  readonly seconds: number;
}

const ASK_EVERY_MS = 2000;
const people = need("#people");
const letters = need("#letters");
const codes = new Map<string, HTMLElement>();
let shownLetters = "";

startShell();
await look();

async function look(): Promise<void> {
  const state = await api.get<State>("/try/state").catch(() => null);
  if (state) {
    showPeople(state);
    showLetters(state.letters);
  }
  setTimeout(() => void look(), ASK_EVERY_MS);
}

function showPeople({ people: all, seconds }: State): void {
  people.removeAttribute("aria-busy");
  if (codes.size !== all.length) {
    codes.clear();
    fill(people, all.length === 0 ? empty(t("try.no-people"), t("try.no-people-text")) : el("dl", { class: "facts" }, all.map(card)));
  }
  for (const one of all) {
    const place = codes.get(one.email);
    if (place) place.textContent = t("try.code", { code: `${one.totp.slice(0, 3)} ${one.totp.slice(3)}`, n: seconds });
  }
}

function card(one: Person): HTMLElement {
  const code = el("span", { class: "try-code" });
  codes.set(one.email, code);
  return el(
    "div",
    null,
    el("dt", null, `${one.name}, ${one.role}`),
    el("dd", null, copied(one.email), copied(one.passphrase), code),
  );
}

/** A value with a button beside it: nobody wants to type a passphrase five times. */
function copied(value: string): HTMLElement {
  const copy = button(t("try.copy"), () => void navigator.clipboard.writeText(value).then(() => { copy.textContent = t("try.copied"); }), "quiet");
  copy.append(el("span", { class: "aloud" }, ` ${value}`));
  return el("span", { class: "row" }, el("code", { class: "row-text" }, value), copy);
}

function showLetters(all: readonly Letter[]): void {
  const names = all.map((one) => one.name).join();
  if (names === shownLetters && names !== "") return;
  shownLetters = names;
  if (all.length === 0) {
    fill(letters, empty(t("try.no-letters"), t("try.no-letters-text")));
    return;
  }
  fill(
    letters,
    el(
      "ul",
      { class: "rows", role: "list" },
      all.map((one) => el("li", null, el("p", null, el("strong", null, one.subject)), el("p", { class: "quiet-text" }, [one.to, one.at ? dayAndTime(one.at) : ""].filter(Boolean).join(" · ")), el("details", null, el("summary", null, t("try.read")), el("p", { class: "written" }, one.text)))),
    ),
  );
}
