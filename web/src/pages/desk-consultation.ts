/** /desk/<id>, the practitioner's side of a consultation. */

import { startShell, told } from "../face";
import { requireKeyring } from "../keys";
import { Consult } from "./desk/consult";

startShell();
await new Consult(told("consultation"), await requireKeyring()).start();
