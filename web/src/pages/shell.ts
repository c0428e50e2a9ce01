/** For pages that are served whole: only what every page has. */

import { startShell } from "../face";

startShell();
