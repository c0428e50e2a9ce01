/** The page of a try-out. */

export const trying = {
  "try.no-people": "Le cabinet de démonstration se prépare",
  "try.no-people-text": "Ses clés se fabriquent : quelques secondes encore.",
  "try.code": "Code : {code} (encore {n|# seconde|# secondes})",
  "try.copy": "Copier",
  "try.copied": "Copié",
  "try.no-letters": "Aucun courrier pour l’instant",
  "try.no-letters-text": "Les codes de vérification et les avis paraîtront ici.",
  "try.read": "Lire",
} as const;
