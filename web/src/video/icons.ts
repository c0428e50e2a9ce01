/** The call's icons, from Lucide (ISC licence): names of shapes and their attributes, as `lucide-static` lists them. */

type Shape = readonly [string, Readonly<Record<string, string>>];

const SHAPES = {
  mic: [["path", {"d": "M12 19v3"}], ["path", {"d": "M19 10v2a7 7 0 0 1-14 0v-2"}], ["rect", {"x": "9", "y": "2", "width": "6", "height": "13", "rx": "3"}]],
  micOff: [["path", {"d": "M12 19v3"}], ["path", {"d": "M15 9.34V5a3 3 0 0 0-5.68-1.33"}], ["path", {"d": "M16.95 16.95A7 7 0 0 1 5 12v-2"}], ["path", {"d": "M18.89 13.23A7 7 0 0 0 19 12v-2"}], ["path", {"d": "m2 2 20 20"}], ["path", {"d": "M9 9v3a3 3 0 0 0 5.12 2.12"}]],
  camera: [["path", {"d": "m16 13 5.223 3.482a.5.5 0 0 0 .777-.416V7.87a.5.5 0 0 0-.752-.432L16 10.5"}], ["rect", {"x": "2", "y": "6", "width": "14", "height": "12", "rx": "2"}]],
  cameraOff: [["path", {"d": "M10.66 6H14a2 2 0 0 1 2 2v2.5l5.248-3.062A.5.5 0 0 1 22 7.87v8.196"}], ["path", {"d": "M16 16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h2"}], ["path", {"d": "m2 2 20 20"}]],
  switchCamera: [["path", {"d": "M11 19H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2h5"}], ["path", {"d": "M13 5h7a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-5"}], ["circle", {"cx": "12", "cy": "12", "r": "3"}], ["path", {"d": "m18 22-3-3 3-3"}], ["path", {"d": "m6 2 3 3-3 3"}]],
  pip: [["path", {"d": "M21 9V6a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v10c0 1.1.9 2 2 2h4"}], ["rect", {"width": "10", "height": "7", "x": "12", "y": "13", "rx": "2"}]],
  leave: [["path", {"d": "M10.1 13.9a14 14 0 0 0 3.732 2.668 1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2 18 18 0 0 1-12.728-5.272"}], ["path", {"d": "M22 2 2 22"}], ["path", {"d": "M4.76 13.582A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 .244.473"}]],
  audioOnly: [["path", {"d": "M2 10v3"}], ["path", {"d": "M6 6v11"}], ["path", {"d": "M10 3v18"}], ["path", {"d": "M14 8v7"}], ["path", {"d": "M18 5v13"}], ["path", {"d": "M22 10v3"}]],
  sound: [["path", {"d": "M11 4.702a.705.705 0 0 0-1.203-.498L6.413 7.587A1.4 1.4 0 0 1 5.416 8H3a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2.416a1.4 1.4 0 0 1 .997.413l3.383 3.384A.705.705 0 0 0 11 19.298z"}], ["path", {"d": "M16 9a5 5 0 0 1 0 6"}], ["path", {"d": "M19.364 18.364a9 9 0 0 0 0-12.728"}]],
  check: [["circle", {"cx": "12", "cy": "12", "r": "10"}], ["path", {"d": "m16 9-5.5 5.5L8 12"}]],
  warn: [["path", {"d": "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"}], ["path", {"d": "M12 9v4"}], ["path", {"d": "M12 17h.01"}]],
  wait: [["path", {"d": "M10.1 2.182a10 10 0 0 1 3.8 0"}], ["path", {"d": "M13.9 21.818a10 10 0 0 1-3.8 0"}], ["path", {"d": "M17.609 3.721a10 10 0 0 1 2.69 2.7"}], ["path", {"d": "M2.182 13.9a10 10 0 0 1 0-3.8"}], ["path", {"d": "M20.279 17.609a10 10 0 0 1-2.7 2.69"}], ["path", {"d": "M21.818 10.1a10 10 0 0 1 0 3.8"}], ["path", {"d": "M3.721 6.391a10 10 0 0 1 2.7-2.69"}], ["path", {"d": "M6.391 20.279a10 10 0 0 1-2.69-2.7"}]],
} as const satisfies Record<string, readonly Shape[]>;

export type Icon = keyof typeof SHAPES;

const SVG = "http://www.w3.org/2000/svg";

/** Draws an icon; words always stand beside it, so it is hidden from those who listen. */
export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", width: "24", height: "24", fill: "none", stroke: "currentColor", "stroke-width": "2" };
  for (const [key, value] of Object.entries({ ...attributes, "aria-hidden": "true", class: "icon" })) svg.setAttribute(key, value);
  for (const [tag, shape] of SHAPES[name] as readonly Shape[]) {
    const element = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(shape)) element.setAttribute(key, value);
    svg.append(element);
  }
  return svg;
}
