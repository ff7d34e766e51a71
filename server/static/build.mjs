// Builds server/static/built: the trimmed kit, the own style sheet, the time-grid places, fonts and the kit's script.
// usage: node server/static/build.mjs (after `npm ci`)
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild-wasm";
import * as sass from "sass";
import subsetFont from "subset-font";

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

/** Of the kit's scripts only those of the components that the pages use. */
const KIT = `
  import { Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, createAll } from "govuk-frontend";
  for (const each of [Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios]) createAll(each);
`;

function stylesheet(source) {
  const options = { style: "compressed", loadPaths: [packages], quietDeps: true };
  return sass.compile(join(here, "css", source), options).css;
}

/** What French and English are written with; a typeface's other letters come in a file of their own, where they occur. */
const ASCII = Array.from({ length: 0x7f - 0x20 }, (_, k) => String.fromCodePoint(0x20 + k)).join("");
const OURS = `${ASCII}ÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸàâæçèéêëîïôœùûüÿ\u00a0\u202f‑–—‘’“”«»…·•°²×−€→`;
const text = "@fontsource-variable/source-sans-3/files/source-sans-3-latin";
const mono = "@fontsource/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-latin-400-normal.woff2";
const fonts = [
  { family: "Source Sans 3", weight: "200 900", file: "text-ext.woff2", source: `${text}-ext-wght-normal.woff2`, range: "U+100-2BA,U+2BD-2C5,U+2C7-2CC,U+2CE-2D7,U+2DD-2FF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0" },
  { family: "Source Sans 3", weight: "200 900", file: "text-more.woff2", source: `${text}-wght-normal.woff2`, range: "U+A1-FF,U+131,U+152-153,U+2BB-2BC,U+2C6,U+2DA,U+2DC,U+304,U+308,U+329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD" },
  { family: "Source Sans 3", weight: "200 900", file: "text.woff2", source: `${text}-wght-normal.woff2`, letters: OURS },
  { family: "Atkinson Hyperlegible Mono", weight: "400", file: "mono-more.woff2", source: mono, range: "U+A0-FF,U+152-153,U+2010-2026,U+20AC,U+2212" },
  { family: "Atkinson Hyperlegible Mono", weight: "400", file: "mono.woff2", source: mono, letters: ASCII },
];

/** Puts a typeface's file in its place; gives its rule. Of two whose ranges meet, the later one is taken. */
async function face({ family, weight, file, source, letters, range = rangeOf(letters) }) {
  const whole = readFileSync(join(packages, source));
  const part = letters ? await subsetFont(whole, letters, { targetFormat: "woff2" }) : whole;
  writeFileSync(join(built, "fonts", file), part);
  const url = `src:url(fonts/${file}) format("woff2")`;
  return `@font-face{font-family:"${family}";${url};font-weight:${weight};font-display:swap;unicode-range:${range}}`;
}

function rangeOf(letters) {
  const points = [...new Set(letters)].map((letter) => letter.codePointAt(0)).sort((a, b) => a - b);
  const runs = [];
  for (const point of points) {
    if (runs.at(-1)?.[1] === point - 1) runs.at(-1)[1] = point;
    else runs.push([point, point]);
  }
  return runs.map(([a, b]) => `U+${a.toString(16)}${a === b ? "" : `-${b.toString(16)}`}`).join(",");
}

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "fonts"), { recursive: true });
const faces = await Promise.all(fonts.map(face));
writeFileSync(join(built, "kit.css"), stylesheet("kit.scss"));
writeFileSync(join(built, "parloir.css"), faces.join("") + stylesheet("parloir.scss").replace(/^\ufeff|^@charset "UTF-8";/, ""));
writeFileSync(join(built, "grid.css"), grid());
await esbuild.build({
  stdin: { contents: KIT, resolveDir: packages },
  outfile: join(built, "kit.js"),
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  logLevel: "warning",
});
