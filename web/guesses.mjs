/**
 * Picks what a passphrase is tried against from zxcvbn-ts's lists, most frequent first: the whole lists weigh more than
 * a page may. Run after updating the packages: node guesses.mjs
 */

import { writeFileSync } from "node:fs";

import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as french } from "@zxcvbn-ts/language-fr";

const top = (list, count) => list.slice(0, count).join(" ");
/** What people here type first, and the lists, made elsewhere, rank far too low. */
const USUAL = `motdepasse monmotdepasse mdp passe secret jetaime jtaime amour doudou loulou chouchou nounours soleil bonjour
bonsoir salut coucou bienvenue azerty azertyuiop qsdfghjklm wxcvbn france paris marseille lyon toulouse nice nantes bordeaux
lille rennes strasbourg montpellier bretagne corse psg allezlom chocolat chaton minou titi papillon princesse famille maman
papa mamie papi vacances ordinateur internet portable docteur medecin infirmiere infirmier patient sante vitale doliprane
ordonnance cabinet hopital clinique pharmacie colloque consultation`.split(/\s+/u);
const SHORT = Object.keys(french).filter((name) => french[name].length < 100);

const guesses = {
  dictionary: {
    "usual-fr": USUAL.join(" "),
    "passwords-common": top(common["passwords-common"], 10_000),
    "commonWords-fr": top(french["commonWords-fr"], 8500),
    "firstnames-fr": top(french["firstnames-fr"], 3000),
    "lastnames-fr": top(french["lastnames-fr"], 1000),
    "shortLists-fr": SHORT.flatMap((name) => french[name]).join(" "),
  },
  graphs: { azerty: adjacencyGraphs.azerty, qwerty: adjacencyGraphs.qwerty, keypad: adjacencyGraphs.keypad },
};

writeFileSync(new URL("src/pages/accounts/guesses.json", import.meta.url), JSON.stringify(guesses) + "\n");
