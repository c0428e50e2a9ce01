/** Words of the bar that turns the weeks of `/agenda` and `/practice/rota`. */

import { speaker } from "./index";

const french = {
  weeks: "Semaines",
  before: "Avant",
  after: "Après",
  "this-week": "Cette semaine",
  "week-of": "Semaine du {day}",
};

const english: Readonly<Record<keyof typeof french, string>> = {
  weeks: "Weeks",
  before: "Before",
  after: "After",
  "this-week": "This week",
  "week-of": "Week of {day}",
};

export const tw = speaker(french, english);
