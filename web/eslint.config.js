// typescript-eslint, strict and with types, and the direction of imports between the browser's rooms.
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** The rooms from the ground up: each may import those before it, never one after. `pages` may import all. */
const ROOMS = [
  ["crypto", "words", "memory"],
  ["net", "ledger"],
  ["face"],
  ["keys"],
  ["questionnaire"],
  ["directory"],
  ["vault"],
  ["records"],
  ["messaging", "documents", "video"],
  ["pages"],
];

const above = ROOMS.map((rooms, at) => ({
  files: rooms.map((room) => `src/${room}/**`),
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: ROOMS.slice(at + 1).flat().map((room) => ({
          regex: `^(\\.\\./)+${room}(/|$)`,
          message: `${rooms.join(", ")} must not know ${room}: it stands above.`,
        })),
      },
    ],
  },
}));

export default defineConfig(
  { ignores: ["node_modules", "**/*.json"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // The types speak of the newest browsers: a guard for an old one is not unnecessary.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // `need<HTMLInputElement>("#x")` says once what is otherwise cast at each call.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Spreading a string by code points is how a passphrase is counted.
      "@typescript-eslint/no-misused-spread": ["error", { allow: [{ from: "lib", name: "string" }] }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      eqeqeq: "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Trusted Types refuse it: build with el().",
        })),
      ],
      "no-restricted-globals": ["error", { name: "alert" }, { name: "confirm" }, { name: "prompt" }],
    },
  },
  ...above,
  {
    // A stand-in server and harnesses take whatever JSON comes.
    files: ["tests/**"],
    rules: Object.fromEntries(
      [
        "await-thenable",
        "no-explicit-any",
        "no-misused-promises",
        "no-non-null-assertion",
        "no-unsafe-argument",
        "no-unsafe-assignment",
        "no-unsafe-call",
        "no-unsafe-member-access",
        "no-unsafe-return",
        "require-await",
      ].map((rule) => [`@typescript-eslint/${rule}`, "off"]),
    ),
  },
  {
    files: ["*.mjs", "*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    // Half of it runs in node, half is handed to the page.
    files: ["tests/firefox/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        ["process", "console", "Buffer", "setTimeout", "document", "location", "HTMLInputElement"].map((name) => [name, "readonly"]),
      ),
    },
  },
);
