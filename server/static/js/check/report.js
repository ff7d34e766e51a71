/** The report for an IT department: plain text, without a name and without a case. */

import { word } from "../room/words.js";

const percent = (share) => (share * 100).toFixed(1);
const kilobits = (bps) => Math.round(bps / 1000);

/** The lines of what was found of the network. */
function network({ state, host, port, protocols, turn, open, way, ...figures }) {
  const place = { host, port };
  const lines = [word(`report-network-${state}`, place)];
  if (protocols.length) {
    for (const each of turn.length ? ["udp", "tcp", "turn"] : ["udp", "tcp"]) {
      lines.push(word(`report-${each}-${{ true: "yes", false: "no" }[open[each]] ?? "open"}`));
    }
    if (!turn.length) lines.push(word("report-turn-none"));
  }
  if (state !== "measured") return lines;
  const { upLoss, downLoss, upBps, downBps, mostBps, rtt, jitter, pair, seconds } = figures;
  lines.push(
    word(`report-loss-${way}`, { up: percent(upLoss), down: percent(downLoss), seconds: seconds.toFixed(1) }),
    word("report-rate", { up: kilobits(upBps), down: kilobits(downBps), most: kilobits(mostBps) }),
    word("report-rtt", { rtt: rtt === null ? "?" : Math.round(rtt * 1000), jitter: Math.round(jitter * 1000) }),
  );
  if (pair) lines.push(word("report-pair", pair));
  return lines;
}

/** The whole text. `facts` = {made, browser, devices: {camera, microphone}, words: {…}, network}. */
export function write({ made, browser, devices, words, network: found }) {
  const web = { host: location.hostname, port: location.port || (location.protocol === "https:" ? 443 : 80) };
  return [
    word("report-title"),
    word("report-made", { moment: made.toISOString() }),
    "",
    word("report-verdict", { verdict: words.verdict }),
    `- ${words.browser} (${[browser.browserName, browser.version].join(" ").trim()}, ${browser.systemName})`,
    `  ${navigator.userAgent}`,
    `- ${words.camera}${devices.camera && ` (${devices.camera})`}`,
    `- ${words.microphone}${devices.microphone && ` (${devices.microphone})`}`,
    `- ${words.speaker}`,
    `- ${words.network}`,
    "",
    ...network(found),
    "",
    word("report-open"),
    word("report-open-web", web),
    ...(found.host ? [word("report-open-udp", found), word("report-open-tcp", found)] : [word("report-open-unknown")]),
    ...found.turn.map((address) => word("report-open-turn", { address })),
    word("report-open-note"),
    "",
  ].join("\n");
}

/** Offers `text` as a file. */
export function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
