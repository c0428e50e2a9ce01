/** Words of `/practice/budgets`, which no other page loads. */

import { budgets as english } from "./budgets.en";
import { budgets as french } from "./budgets.fr";
import { speaker } from "./index";

export const tb = speaker(french, english);
