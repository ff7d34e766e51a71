// Builds server/static/built: the trimmed kit, the own style sheet, the time-grid places, fonts and the kit's module.
// usage: node server/static/build.mjs (after `npm ci`)
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "..", "node_modules");
const built = join(here, "built");

const HOURS = 14; // a day or a week shows fourteen hours at most
const DAY_COLUMNS = HOURS * 12; // 5-minute columns
const WEEK_ROWS = HOURS * 12; // 5-minute rows

/** Place classes: the policy forbids style attributes, so a place in time is a class. */
function grid() {
  const rules = (first, last, selector, body) =>
    Array.from({ length: last - first + 1 }, (_, k) => `${selector}${k + first}{${body(k + first)}}`).join("");
  return [
    rules(1, HOURS, ".p-day--", (k) => `--p-cols:${k * 12};--p-hours:${k}`),
    rules(1, HOURS, ".p-week--", (k) => `--p-hours:${k}`),
    rules(1, 7, ".p-week--days-", (k) => `--p-days:${k}`),
    "@container day (width >= 56rem){",
    rules(0, DAY_COLUMNS - 1, ".p-s", (k) => `grid-column-start:${k + 1}`),
    rules(1, DAY_COLUMNS, ".p-l", (k) => `grid-column-end:span ${k}`),
    "}@container page (width >= 50rem){",
    rules(0, WEEK_ROWS - 1, ".p-week .p-r", (k) => `grid-row-start:${k + 1}`),
    rules(1, WEEK_ROWS, ".p-week .p-h", (k) => `grid-row-end:span ${k}`),
    "}",
  ].join("");
}

function stylesheet(source, target) {
  const options = { style: "compressed", loadPaths: [packages], quietDeps: true };
  writeFileSync(join(built, target), sass.compile(join(here, "css", source), options).css);
}

const copies = {
  "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2": "fonts/text.woff2",
  "@fontsource-variable/source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2": "fonts/text-ext.woff2",
  "@fontsource/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-latin-400-normal.woff2": "fonts/mono.woff2",
};

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "fonts"), { recursive: true });
stylesheet("kit.scss", "kit.css");
stylesheet("parloir.scss", "parloir.css");
writeFileSync(join(built, "grid.css"), grid());
for (const [source, target] of Object.entries(copies)) {
  copyFileSync(join(packages, source), join(built, target));
}
const kit = readFileSync(join(packages, "govuk-frontend/dist/govuk/govuk-frontend.min.js"), "utf8");
writeFileSync(join(built, "kit.js"), kit.replace(/\/\/# sourceMappingURL=.*/, "")); // the map is not served
