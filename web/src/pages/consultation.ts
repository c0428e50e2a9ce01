/** /consultations/<id>, the patient's side */

import { startShell, told } from "../face";
import { requireKeyring } from "../keys";
import { Room } from "./patient/room";

startShell();
await new Room(told("consultation"), await requireKeyring()).start();
