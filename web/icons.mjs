// Draws the few icons we use out of the Lucide set into src/face/icons.json and colloque/pages/icons.json: `node icons.mjs` after changing the list.
import { readFileSync, writeFileSync } from "node:fs";

const names = [
  "arrow-left", "arrow-right", "bell", "bell-off", "calendar-clock", "camera", "check", "circle-alert", "circle-check", "circle-help",
  "clock", "download", "eye", "file-text", "file-up", "headphones", "house", "image", "info", "key-round", "list", "log-out", "mail",
  "mail-open", "map-pin", "message-square", "mic", "mic-off", "monitor", "paperclip", "pencil", "phone", "phone-off", "picture-in-picture-2",
  "plus", "printer", "refresh-cw", "search", "send", "settings", "shield-check", "smartphone", "stethoscope", "switch-camera", "trash-2", "triangle-alert",
  "undo-2", "upload", "user", "user-check", "users", "video", "video-off", "volume-2", "wifi", "wifi-off", "x",
];

const tag = /<(path|circle|rect|line|polyline|polygon|ellipse)\s+([^>]*?)\/>/g;
const attribute = /([\w-]+)="([^"]*)"/g;

const icons = {};
for (const name of names) {
  const source = readFileSync(new URL(`node_modules/lucide-static/icons/${name}.svg`, import.meta.url), "utf8");
  icons[name] = [...source.matchAll(tag)].map(([, shape, rest]) => [
    shape,
    Object.fromEntries([...rest.matchAll(attribute)].map(([, key, value]) => [key, value])),
  ]);
  if (icons[name].length === 0) throw new Error(`no shape in ${name}`);
}
const lines = Object.entries(icons).map(([name, shapes]) => `  ${JSON.stringify(name)}: ${JSON.stringify(shapes)}`);
for (const place of ["src/face/icons.json", "../colloque/pages/icons.json"]) {
  writeFileSync(new URL(place, import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
}
