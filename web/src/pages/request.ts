/** /request/new */

import { startShell } from "../face";
import { requireKeyring } from "../keys";
import { Flow } from "./patient/flow";

startShell();
// With an appointment named: what is prepared for it, and where one comes in.
await new Flow(await requireKeyring(), new URLSearchParams(location.search).get("appointment")).start();
