/** What is read where somebody asks for a practice's archive. It is fetched when the rest of the page is there. */

import { speaker } from ".";

const french = {
  asked: "Deux parts de la feuille de secours de {practice} ont servi à demander l’ouverture de tous ses dossiers, par qui tient la base du coffre ({when}).",
  "asked-once": "Deux parts de la feuille de secours de {practice} ont servi à demander l’ouverture de tous ses dossiers, par qui tient la base du coffre.",
  opens: "Ils pourront s’ouvrir ensuite : {when}.",
  open: "Ils peuvent s’ouvrir déjà : {when}.",
  what: "Cela sert quand un cabinet n’a plus personne. Vous êtes là : si ce n’est pas convenu entre vous, annulez. Une signature suffit, et le registre le garde. Faites ensuite une nouvelle feuille de secours.",
  cancel: "Annuler l’ouverture de l’archive",
  cancelled: "L’ouverture de l’archive est annulée.",
} as const;

const english: Readonly<Record<keyof typeof french, string>> = {
  asked: "Two parts of the recovery sheet of {practice} were used to ask that all its records be opened, by whoever holds the vault’s database ({when}).",
  "asked-once": "Two parts of the recovery sheet of {practice} were used to ask that all its records be opened, by whoever holds the vault’s database.",
  opens: "They may be opened later: {when}.",
  open: "They may be opened already: {when}.",
  what: "This is for a practice that has nobody left. You are here: if you have not agreed on it, cancel. One signature is enough, and the ledger keeps it. Then make a new recovery sheet.",
  cancel: "Cancel the opening of the archive",
  cancelled: "The opening of the archive is cancelled.",
};

export const ta = speaker(french, english);
