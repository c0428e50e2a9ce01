/** `/sign-up`: a patient makes an account. */

import { need, startShell } from "../face";
import { goOn } from "./accounts/next";
import { Registration } from "./accounts/registration";
import { askAddress } from "./accounts/sign-up-steps";
import { Steps } from "./accounts/steps";

startShell();

const steps = new Steps(need("#steps"));
steps.show(
  askAddress({
    steps,
    registration: new Registration("patient"),
    path: "/api/sign-up/finish",
    extra: () => ({}),
    after: () => {
      goOn("patient");
    },
  }),
);
