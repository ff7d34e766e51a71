/** The editor of hours: draws the coming four weeks anew while one edits. The server reckons; this only draws. */

const SVG = "http://www.w3.org/2000/svg";
const PAUSE_MS = 300;
const form = document.getElementById("hours");
const picture = document.getElementById("picture");
let asked = null;
let timer = 0;

function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function block([kind, from, to]) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", `p-month__${kind}`);
  rect.setAttribute("x", from);
  rect.setAttribute("y", 2);
  rect.setAttribute("width", to - from);
  rect.setAttribute("height", 16);
  return rect;
}

function words([kind, from, to]) {
  return `${clock(from)}–${clock(to)}${kind === "open" ? "" : ` ${picture.dataset[kind]}`}`;
}

function draw(lanes) {
  for (const { on, marks } of lanes) {
    const day = picture.querySelector(`[data-on="${on}"]`);
    const lane = day?.querySelector("svg");
    if (!lane) continue;
    lane.querySelectorAll("rect").forEach((rect) => rect.remove());
    lane.append(...marks.map(block));
    day.querySelector("[data-words]").textContent = marks.map(words).join(", ") || picture.dataset.nothing;
  }
}

async function preview() {
  asked?.abort();
  asked = new AbortController();
  const options = { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, signal: asked.signal };
  try {
    const answer = await fetch(form.dataset.preview, options);
    if (!answer.ok) return;
    const { lanes, errors } = await answer.json();
    draw(lanes);
    document.getElementById("picture-state").textContent = Object.values(errors)[0] ?? "";
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

if (form && picture) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, PAUSE_MS);
  });
}
