/** /access: who opened my file. */

import { startShell } from "../face";
import { requireKeyring } from "../keys";
import { AccessPage } from "./patient/access/page";

startShell();
await new AccessPage(await requireKeyring()).start();
