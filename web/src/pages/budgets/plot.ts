/** Thirty-one days as bars, in SVG: shapes for eyes, one sentence for ears. */

import { tb } from "../../words/budgets";

const SVG = "http://www.w3.org/2000/svg";
const BAR = 6;
const GAP = 2;
const HEIGHT = 36;

/** `scale` is the height of the tallest bar, so that plots side by side can be compared; `usual` draws a line. */
export function plot(days: readonly number[], scale: number, usual: number): SVGSVGElement {
  const width = days.length * (BAR + GAP);
  const height = (units: number): number => (scale === 0 ? 0 : Math.max((units / scale) * HEIGHT, units > 0 ? 2 : 0));
  const said = tb("days-said", { today: days.at(-1) ?? 0, most: Math.max(...days, 0) });
  const svg = shape("svg", { class: "plot", viewBox: `0 0 ${width} ${HEIGHT + 1}`, preserveAspectRatio: "xMinYMax", role: "img", "aria-label": said });
  days.forEach((units, day) => {
    const tall = height(units);
    const name = day === days.length - 1 ? "plot-bar today" : "plot-bar";
    svg.append(shape("rect", { class: name, x: day * (BAR + GAP), y: HEIGHT - tall, width: BAR, height: tall }));
  });
  svg.append(shape("line", { class: "plot-ground", x1: 0, x2: width, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 }));
  if (usual > 0) svg.append(shape("line", { class: "plot-usual", x1: 0, x2: width, y1: HEIGHT - height(usual), y2: HEIGHT - height(usual) }));
  return svg;
}

function shape<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Readonly<Record<string, string | number>>): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
