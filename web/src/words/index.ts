/**
 * What people read, in French and in English: `t(key, values)`. The language is the page's. Each room has its own file.
 *
 * `{name}` is replaced by a value; `{n|une personne|# personnes}` chooses by number, and says it for `#`. French spaces before « : ; ? ! » and inside
 * guillemets are made non-breaking here, so that authors type plain ones.
 */

import { en } from "./en";
import { fr } from "./fr";

export type Key = keyof typeof fr;
export type Values = Readonly<Record<string, string | number>>;

export function isKey(text: string): text is Key {
  return text in fr;
}

export function language(): "fr" | "en" {
  return document.documentElement.lang.startsWith("en") ? "en" : "fr";
}

export function t(key: Key, values: Values = {}): string {
  const chosen = language();
  return say(chosen === "en" ? en[key] : fr[key], values, chosen);
}

/** What is written to follow other words, or begins with a name, as a sentence of its own. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Words that one page alone needs, and no other loads: its own `t`. */
export function speaker<K extends string>(frWords: Readonly<Record<K, string>>, enWords: Readonly<Record<K, string>>): (key: K, values?: Values) => string {
  return (key, values = {}) => {
    const chosen = language();
    return say((chosen === "en" ? enWords : frWords)[key], values, chosen);
  };
}

export function say(text: string, values: Values, chosen: "fr" | "en"): string {
  const spoken = text.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (_, name: string, one?: string, many?: string) => {
    const value = values[name] ?? "";
    const shown = typeof value === "number" ? value.toLocaleString(chosen) : value;
    if (one === undefined || many === undefined) return shown;
    // In French none is singular, as one is; of words that say "one" it is none the less the other.
    const isOne = new Intl.PluralRules(chosen).select(Number(value)) === "one" && (Number(value) !== 0 || one.includes("#"));
    return (isOne ? one : many).replaceAll("#", shown);
  });
  return chosen === "fr" ? bindSpaces(spoken) : spoken;
}

/** French typography: no line begins with a punctuation mark. */
export function bindSpaces(text: string): string {
  return text.replace(/ ([:;?!»%€])/g, "\u00a0$1").replace(/« /g, "«\u00a0").replace(/(\d) (?=\d{3}\b|min\b|Mo\b|h\b|°C)/g, "$1\u00a0");
}
