/** What this browser has checked of the code and of the ledger, with words to compare by telephone; calm while all holds. */

import { fingerprintWords, utf8 } from "../../crypto";
import { acceptWitnesses, checkWitnessed, comparedWitnesses, DirectoryError, ownRelease, type Release, type Witnessed, type Witnesses } from "../../directory";
import { button, confirmInPlace, dayAndTime, el, fill, notice, sentenceOf, t, type Child } from "../../face";
import { changedKeys } from "./changed-keys";

/** Witnesses of this name run beside the ledger, as in a try-out (docs/operate/witness.md). */
const SAME_MACHINE = /^same-machine\./;

export function verified(): HTMLElement {
  const [code, ledger] = [el("div", { class: "stack tight" }), el("div", { class: "stack tight" })];
  void show(code, async () => codeRows(await ownRelease()));
  void show(ledger, () => ledgerRows(ledger));
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, t("accounts.verified.title")),
    el("p", { class: "quiet-text" }, t("accounts.verified.what")),
    changedKeys(),
    code,
    ledger,
  );
}

async function show(place: HTMLElement, rows: () => Promise<readonly Child[]>): Promise<void> {
  fill(place, el("p", { class: "quiet-text" }, t("accounts.verified.checking")));
  try {
    fill(place, ...(await rows()));
  } catch (error) {
    fill(place, notice("harm", sentenceOf(error)));
  }
}

async function codeRows({ name, text, version, line, strays }: Release): Promise<Child[]> {
  const told = line === null ? notice("harm", t("accounts.verified.unpublished")) : el("p", null, t("accounts.verified.published", { version, line: line.seq, when: dayAndTime(line.time) }));
  return [
    el("h3", null, t("accounts.verified.code")),
    strays.length === 0 ? null : notice("harm", t("accounts.verified.strays", { n: strays.length })),
    told,
    await wordsOf(text),
    el("details", null, el("summary", null, t("accounts.verified.whole")), el("p", { class: "mono" }, name.match(/.{4}/g)?.join(" ") ?? name)),
  ];
}

async function ledgerRows(place: HTMLElement): Promise<Child[]> {
  const heading = el("h3", null, t("accounts.verified.ledger"));
  try {
    return [heading, ...witnessedRows(await checkWitnessed())];
  } catch (error) {
    if (!(error instanceof DirectoryError) || error.word !== "witnesses-changed") throw error;
    return [heading, ...(await changedRows(place))];
  }
}

function witnessedRows(found: Witnessed | null): Child[] {
  if (found === null) return [notice("caution", t("accounts.verified.no-witness"))];
  const told = el("p", null, t("accounts.verified.witnessed", { lines: found.lines, names: found.names.join(", "), when: dayAndTime(found.at) }));
  return [told, found.names.every((name) => SAME_MACHINE.test(name)) ? el("p", { class: "quiet-text" }, t("accounts.verified.same-machine")) : null];
}

async function changedRows(place: HTMLElement): Promise<Child[]> {
  const { known, found } = await comparedWitnesses();
  const accept = button(t("accounts.verified.accept"), () => void ask(), "second");
  const ask = async (): Promise<void> => {
    if (!(await confirmInPlace(accept, { question: t("accounts.verified.accept-ask"), yes: t("accounts.verified.accept") }))) return;
    await acceptWitnesses();
    void show(place, () => ledgerRows(place));
  };
  return [
    notice("harm", t("trouble.witnesses-changed")),
    el("p", null, t("accounts.verified.before")),
    await wordsOf(textOf(known)),
    el("p", null, t("accounts.verified.now")),
    await wordsOf(textOf(found)),
    accept,
  ];
}

/** As the vault's operator has them: each key on a line, in order, then the number that must sign. */
function textOf(told: Witnesses | undefined): string {
  return told === undefined ? "" : `${told.vkeys.join("\n")}\n${told.quorum}\n`;
}

async function wordsOf(text: string): Promise<HTMLElement> {
  return el("p", { class: "words", lang: "fr" }, (await fingerprintWords(utf8(text))).join(" · "));
}
