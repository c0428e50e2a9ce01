/**
 * Picks what a passphrase is tried against from zxcvbn-ts's lists, most frequent first: the whole lists weigh more than
 * a page may. Run after updating the packages: node guesses.mjs
 */

import { writeFileSync } from "node:fs";

import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as french } from "@zxcvbn-ts/language-fr";

const top = (list, count) => list.slice(0, count).join(" ");
const SHORT = Object.keys(french).filter((name) => french[name].length < 100);

const guesses = {
  dictionary: {
    "passwords-common": top(common["passwords-common"], 6000),
    "commonWords-fr": top(french["commonWords-fr"], 9000),
    "firstnames-fr": top(french["firstnames-fr"], 3000),
    "lastnames-fr": top(french["lastnames-fr"], 1000),
    "shortLists-fr": SHORT.flatMap((name) => french[name]).join(" "),
  },
  graphs: { azerty: adjacencyGraphs.azerty, qwerty: adjacencyGraphs.qwerty, keypad: adjacencyGraphs.keypad },
};

writeFileSync(new URL("src/pages/accounts/guesses.json", import.meta.url), JSON.stringify(guesses) + "\n");
