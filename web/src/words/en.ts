import { accounts } from "./accounts.en";
import { desk } from "./desk.en";
import { face } from "./face.en";
import { patient } from "./patient.en";
import { talk } from "./talk.en";
import { trouble } from "./trouble.en";
import { trying } from "./try.en";
import { en as video } from "./video.en";

import type { fr } from "./fr";

export const en: Readonly<Record<keyof typeof fr, string>> = { ...face, ...accounts, ...patient, ...desk, ...talk, ...trouble, ...trying, ...video };
