/** The six words of a practice's newest key, for its manager to read to whoever telephones about a change. */

import { fingerprintWords } from "../../crypto";
import { practiceKey } from "../../directory";
import { el, notice, sentenceOf } from "../../face";
import { changedWord } from "../../words/changed-keys";

export async function practiceWords(practice: string): Promise<HTMLElement> {
  const told = await practiceKey(practice).then(
    async ({ kemKey }) => el("p", { class: "words", lang: "fr" }, (await fingerprintWords(kemKey)).join(" · ")),
    (error: unknown) => notice("harm", sentenceOf(error)),
  );
  return el("section", { class: "stack near" }, el("h2", null, changedWord("own-practice")), el("p", { class: "quiet-text" }, changedWord("own-practice-what")), told);
}
