/** What a refusal must be: the check that failed, and a sentence, in French and in English, for who reads it. */

import { expect } from "vitest";

import { sentenceOf } from "../../src/face";
import { PeerRefused } from "../../src/video/fingerprint";
import { t } from "../../src/words";
import { wordOf } from "../standin/stage";

const NEXT_STEP = {
  fr: /(Prévenez|prévenez|Rechargez|Réessayez|Appelez|Écrivez|Vérifiez|Réglez)/,
  en: /(Tell|tell|Reload|Try|Call|Write|Check)/,
};
/** Ids, keys, sizes, hashes: nothing of a sentence is taken from what came. */
const RAW = /\d|[A-Za-z_-]{30,}|[{}<>]/;

/** Claims that an attempt is refused by this check, and that its sentence is one to be read. */
export async function refused(attempt: Promise<unknown>, word: string): Promise<void> {
  const found = await attempt.then(
    () => new Error("nothing was refused"),
    (error: unknown) => error,
  );
  expect(found instanceof PeerRefused ? `call.${found.reason}` : await wordOf(Promise.reject(found as Error))).toBe(word);
  const sentences = (["fr", "en"] as const).map((language) => {
    document.documentElement.lang = language;
    const sentence = found instanceof PeerRefused ? t(`video.refused.${found.reason}`, { name: "Dr Bose" }) : sentenceOf(found);
    expect(sentence).not.toBe(t("face.unexpected"));
    expect(sentence).toMatch(NEXT_STEP[language]);
    expect(sentence).not.toMatch(RAW);
    return sentence;
  });
  document.documentElement.lang = "fr";
  expect(new Set(sentences).size).toBe(2);
}
