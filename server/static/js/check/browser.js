/** Which browser and which system this is, as far as the words about permissions differ. */

const BROWSERS = [
  ["edge", "Edge", /Edg(?:e|A|iOS)?\/(\d+)/],
  ["firefox", "Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["chrome", "Chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["safari", "Safari", /Version\/(\d+).*Safari/],
];
const SYSTEMS = [
  ["android", "Android", /Android/],
  ["ios", "iOS", /iPhone|iPad|iPod/],
  ["windows", "Windows", /Windows/],
  ["macos", "macOS", /Mac OS X/],
  ["linux", "Linux", /Linux|CrOS/],
];

/** {browser, browserName, version, system, systemName, isFit}; unknown ones are called "other". */
export function identify(agent = navigator.userAgent) {
  const found = BROWSERS.find(([, , pattern]) => pattern.test(agent));
  let system = SYSTEMS.find(([, , pattern]) => pattern.test(agent));
  if (system?.[0] === "macos" && navigator.maxTouchPoints > 1) system = SYSTEMS[1]; // an iPad that says it is a Mac
  return {
    browser: found?.[0] ?? "other",
    browserName: found?.[1] ?? "",
    version: found?.[2].exec(agent)[1] ?? "",
    system: system?.[0] ?? "other",
    systemName: system?.[1] ?? "",
    isFit: isFit(),
  };
}

/** Whether it can hold an interview at all: devices, a connection, Opus and VP8, over a secure address. */
function isFit() {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) return false;
  const can = (kind, codec) => RTCRtpReceiver.getCapabilities?.(kind)?.codecs.some((each) => codec.test(each.mimeType));
  return Boolean(can("audio", /\/opus$/i) && can("video", /\/vp8$/i));
}

/** Opens those instructions about permissions that are for this browser and this system. */
export function guide(root, { browser, system }) {
  for (const each of root.querySelectorAll("[data-browsers]")) {
    const { browsers, systems } = each.dataset;
    each.open = browsers.split(" ").includes(browser) && systems.split(" ").includes(system);
  }
  for (const each of root.querySelectorAll("[data-system]")) each.open = each.dataset.system === system;
}
