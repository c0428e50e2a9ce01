import { accounts } from "./accounts.fr";
import { desk } from "./desk.fr";
import { face } from "./face.fr";
import { patient } from "./patient.fr";
import { talk } from "./talk.fr";
import { trouble } from "./trouble.fr";
import { trying } from "./try.fr";
import { fr as video } from "./video.fr";

export const fr = { ...face, ...accounts, ...patient, ...desk, ...talk, ...trouble, ...trying, ...video } as const;
