/** What people read where a record is to be erased. Few ever do: it is not among the words that every page brings. */

import { speaker } from ".";

const fr = {
  "title": "Effacer ce qu’un cabinet garde de moi",
  "what": "Vous pouvez demander l’effacement de votre dossier. Le cabinet décide : la loi l’oblige souvent à le garder vingt ans après la dernière consultation. S’il refuse, il dit pourquoi. Un dossier effacé ne s’ouvre plus jamais, par personne, pas même depuis une sauvegarde.",
  "ask": "Demander l’effacement",
  "ask-sure": "Demander à {practice} d’effacer votre dossier et vos consultations terminées ?",
  "asked": "Votre demande est transmise à {practice}.",
  "under-way": "Une consultation est en cours : demandez l’effacement quand elle sera terminée.",
  "wished": "Demandé {when}. Le cabinet doit décider.",
  "decided": "Sera effacé le {when}. Jusque-là, vous pouvez encore le garder.",
  "withdraw": "Retirer ma demande",
  "keep": "Garder mon dossier",
  "withdrawn": "Le dossier est gardé.",
  "erased": "Effacé le {when}.",
  "kept.kept-by-law": "Le cabinet garde votre dossier, comme la loi l’y oblige.",
  "kept.care-goes-on": "Le cabinet garde votre dossier : les soins continuent.",
  "kept.mistake": "Le cabinet a retiré une décision prise par erreur.",
  "practice.title": "Dossiers à effacer",
  "practice.what": "Vous décidez, et vous en répondez : gardez ce que la loi vous fait conserver. Effacer est définitif ; une semaine reste pour y renoncer.",
  "practice.wished": "Une personne demande l’effacement {n|d’un dossier|de # dossiers}, {when}.",
  "practice.decided": "{n|Un dossier sera effacé|# dossiers seront effacés} le {when}.",
  "practice.open": "Voir de qui il s’agit",
  "practice.erase": "Accepter d’effacer",
  "practice.erase-sure": "Dans huit jours, ces dossiers ne s’ouvriront plus jamais. La durée légale de conservation ne s’y oppose pas ?",
  "practice.keep-by-law": "Garder : la loi l’exige",
  "practice.keep-care": "Garder : les soins continuent",
  "practice.stop": "Ne pas effacer",
  "practice.done": "C’est noté, et la personne en est avertie.",
} as const;

const en: Readonly<Record<keyof typeof fr, string>> = {
  "title": "Erase what a practice keeps about me",
  "what": "You may ask that your record be erased. The practice decides: the law often makes it keep the record for twenty years after the last consultation. If it refuses, it says why. An erased record never opens again, for anyone, not even from a backup.",
  "ask": "Ask for erasure",
  "ask-sure": "Ask {practice} to erase your record and your finished consultations?",
  "asked": "Your request has gone to {practice}.",
  "under-way": "A consultation is under way: ask for erasure when it is over.",
  "wished": "Asked {when}. The practice has to decide.",
  "decided": "Will be erased on {when}. Until then you can still keep it.",
  "withdraw": "Withdraw my request",
  "keep": "Keep my record",
  "withdrawn": "The record is kept.",
  "erased": "Erased on {when}.",
  "kept.kept-by-law": "The practice keeps your record, as the law requires.",
  "kept.care-goes-on": "The practice keeps your record: care goes on.",
  "kept.mistake": "The practice took back a decision made by mistake.",
  "practice.title": "Records to erase",
  "practice.what": "You decide, and answer for it: keep what the law has you keep. Erasing is final; a week remains to think better of it.",
  "practice.wished": "Someone asks that {n|one record|# records} be erased, {when}.",
  "practice.decided": "{n|One record will be erased|# records will be erased} on {when}.",
  "practice.open": "See who it is about",
  "practice.erase": "Agree to erase",
  "practice.erase-sure": "In eight days these records will never open again. Does no duty to keep them stand against it?",
  "practice.keep-by-law": "Keep: the law requires it",
  "practice.keep-care": "Keep: care goes on",
  "practice.stop": "Do not erase",
  "practice.done": "It is noted, and the person is told.",
};

export type ErasingKey = keyof typeof fr;

export const erasingWord = speaker(fr, en);
