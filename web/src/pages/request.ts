/** /request/new */

import { startShell } from "../face";
import { requireKeyring } from "../keys";
import { Flow } from "./patient/flow";

startShell();
await new Flow(await requireKeyring()).start();
