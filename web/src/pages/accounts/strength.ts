/**
 * How hard a passphrase is to guess: zxcvbn with French words, loaded when the passphrase page opens. The sentences are
 * ours; the library gives their names.
 */

import { t, type Key } from "../../face";

export interface Strength {
  /** Would take a well-equipped thief more than a lifetime, once slowed down by Argon2id. */
  readonly isEnough: boolean;
  /** 0 to 4, for a meter. */
  readonly score: number;
  /** What to do about it; empty when enough. */
  readonly advice: readonly string[];
}

export const LEAST_LENGTH = 12;
const LEAST_SCORE = 4; // ten thousand million guesses

const WARNINGS: Readonly<Record<string, Key>> = {
  straightRow: "accounts.strength.row",
  keyPattern: "accounts.strength.row",
  simpleRepeat: "accounts.strength.repeat",
  extendedRepeat: "accounts.strength.repeat",
  sequences: "accounts.strength.row",
  recentYears: "accounts.strength.date",
  dates: "accounts.strength.date",
  topTen: "accounts.strength.common",
  topHundred: "accounts.strength.common",
  common: "accounts.strength.common",
  similarToCommon: "accounts.strength.common",
  wordByItself: "accounts.strength.word",
  namesByThemselves: "accounts.strength.name",
  commonNames: "accounts.strength.name",
  userInputs: "accounts.strength.personal",
  pwned: "accounts.strength.common",
};

/** `known` holds what others know of the person, such as the e-mail address. */
export async function measure(passphrase: string, known: readonly string[]): Promise<Strength> {
  const check = await load();
  const { score, feedback } = check(passphrase, known);
  const isLong = [...passphrase].length >= LEAST_LENGTH;
  const isEnough = isLong && score >= LEAST_SCORE;
  if (isEnough) return { isEnough, score, advice: [] };
  const warning = feedback.warning === null ? undefined : WARNINGS[feedback.warning];
  const advice = [
    ...(isLong ? [] : [t("accounts.strength.short", { length: LEAST_LENGTH })]),
    ...(warning === undefined ? [] : [t(warning)]),
    t("accounts.strength.more"),
  ];
  return { isEnough, score: Math.min(score, LEAST_SCORE - 1), advice };
}

type Check = (
  passphrase: string,
  known: readonly string[],
) => { readonly score: number; readonly feedback: { readonly warning: string | null } };

let loading: Promise<Check> | null = null;

/** Loads the words, once: call it when a passphrase is about to be typed. */
export function load(): Promise<Check> {
  loading ??= loadWords();
  return loading;
}

async function loadWords(): Promise<Check> {
  const [{ ZxcvbnFactory }, { default: guesses }] = await Promise.all([import("@zxcvbn-ts/core"), import("./guesses.json")]);
  const dictionary = Object.fromEntries(Object.entries(guesses.dictionary).map(([name, words]) => [name, words.split(" ")]));
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: guesses.graphs });
  return (passphrase, known) => zxcvbn.check(passphrase, [...known]);
}
