/** What people read where a key has changed. Few ever do: it is not among the words that every page brings. */

import { speaker } from ".";

const fr = {
  "title": "Des clés ont changé",
  "person": "La clé d’une personne n’est plus celle que ce navigateur connaissait ({when}). Rien n’est échangé avec elle en attendant. Téléphonez-lui : ses six mots sont sur sa page « Mon compte ».",
  "practice": "La clé d’un cabinet n’est plus celle que ce navigateur connaissait ({when}). Rien ne lui est envoyé en attendant. Téléphonez-lui : ses six mots sont sur la page « Cabinet » de son responsable.",
  "ledger": "Le registre est signé d’une autre clé que celle que ce navigateur connaissait ({when}). Rien n’est ouvert en attendant. Téléphonez à votre cabinet, qui demande les six mots à l’exploitant.",
  "before": "Les mots d’avant :",
  "now": "Ceux que le serveur montre maintenant :",
  "unexplained": "Aucun mot à comparer ne l’explique : prévenez l’exploitant du service, son adresse est au bas de la page.",
  "ask.person": "Cette personne vous a-t-elle lu elle-même, par téléphone, les nouveaux mots ? Ce navigateur les retiendra.",
  "ask.practice": "Le cabinet vous a-t-il lu, par téléphone, les nouveaux mots ? Ce navigateur les retiendra.",
  "ask.ledger": "Vous a-t-on lu, par téléphone, les nouveaux mots du registre ? Ce navigateur les retiendra, et oubliera l’ancien registre.",
  "accepted": "Les nouveaux mots sont retenus par ce navigateur.",
  "own-practice": "Les six mots du cabinet",
  "own-practice-what": "Lisez-les à qui vous téléphone parce que la clé de votre cabinet a changé pour lui. Ne les donnez pas par message.",
} as const;

const en: Readonly<Record<keyof typeof fr, string>> = {
  "title": "Keys have changed",
  "person": "The key of a person is no longer the one that this browser knew ({when}). Nothing is exchanged with them meanwhile. Telephone them: their six words are on their page “My account”.",
  "practice": "The key of a practice is no longer the one that this browser knew ({when}). Nothing is sent to it meanwhile. Telephone it: its six words are on its manager's page “Practice”.",
  "ledger": "The ledger is signed with another key than the one that this browser knew ({when}). Nothing is opened meanwhile. Telephone your practice, which asks the operator for the six words.",
  "before": "The words of before:",
  "now": "Those that the server shows now:",
  "unexplained": "No words that you could compare explain it: tell the operator of the service, whose address is at the foot of the page.",
  "ask.person": "Did this person read the new words to you themselves, by telephone? This browser will remember them.",
  "ask.practice": "Did the practice read the new words to you by telephone? This browser will remember them.",
  "ask.ledger": "Did someone read the ledger's new words to you by telephone? This browser will remember them, and forget the old ledger.",
  "accepted": "This browser remembers the new words.",
  "own-practice": "The practice's six words",
  "own-practice-what": "Read them to whoever telephones because your practice's key has changed for them. Do not give them in a message.",
};

export const changedWord = speaker(fr, en);
