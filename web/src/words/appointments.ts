/** Words of a patient's dates, which only the pages that show one load. */

import { speaker } from "./index";

const french = {
  title: "Mes rendez-vous",
  when: "{when}, jusqu’à {until}",
  with: "avec {who}",
  offered: "À accepter",
  "offer-what": "Le cabinet vous propose cette date. Si vous l’acceptez, ce praticien pourra lire ce que vous aurez préparé, de douze heures avant à douze heures après.",
  "offer-moves": "Le cabinet vous propose cette date à la place de votre rendez-vous. Celui-ci tient tant que vous n’avez pas répondu.",
  accept: "Accepter cette date",
  accepted: "C’est convenu. Le praticien en est averti.",
  decline: "Refuser",
  declined: "La date est refusée. Le praticien en est averti.",
  "next-ahead": "Vous pouvez dès maintenant écrire le motif et répondre aux questions. La salle d’attente ouvre trente minutes avant.",
  "next-now": "C’est le moment : entrez dans la salle d’attente.",
  "next-missed": "Ce rendez-vous est passé. Le cabinet peut vous proposer une autre date.",
  "go-ahead": "Préparer ma consultation",
  "go-now": "Entrer en salle d’attente",
  cancel: "Annuler ce rendez-vous",
  "cancel-ask": "Annuler ce rendez-vous ? Le praticien en sera averti.",
  "cancel-yes": "Oui, annuler",
  cancelled: "Le rendez-vous est annulé. Le praticien en est averti.",
  ready: "Tout est prêt",
  "ready-what": "Ce que vous avez écrit est gardé, scellé. Rendez-vous {when} : la salle d’attente ouvre ici trente minutes avant.",
} as const;

const english: Readonly<Record<keyof typeof french, string>> = {
  title: "My appointments",
  when: "{when}, until {until}",
  with: "with {who}",
  offered: "To accept",
  "offer-what": "The practice offers you this date. If you accept it, this practitioner can read what you have prepared, from twelve hours before to twelve hours after.",
  "offer-moves": "The practice offers you this date in place of your appointment, which stands until you have answered.",
  accept: "Accept this date",
  accepted: "It is agreed. The practitioner is told.",
  decline: "Decline",
  declined: "The date is declined. The practitioner is told.",
  "next-ahead": "You can write why you come and answer the questions now. The waiting room opens thirty minutes before.",
  "next-now": "It is time: go into the waiting room.",
  "next-missed": "This appointment has passed. The practice can offer you another date.",
  "go-ahead": "Prepare my consultation",
  "go-now": "Go into the waiting room",
  cancel: "Cancel this appointment",
  "cancel-ask": "Cancel this appointment? The practitioner will be told.",
  "cancel-yes": "Yes, cancel",
  cancelled: "The appointment is cancelled. The practitioner is told.",
  ready: "All is ready",
  "ready-what": "What you wrote is kept, sealed. Your appointment: {when}. The waiting room opens here thirty minutes before.",
};

export const ta = speaker(french, english);
