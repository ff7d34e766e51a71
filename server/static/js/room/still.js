/** Pictures of documents that an officer asks for: sharper ones while they are shown, and stills. For these, this browser's own camera at its full resolution, brought to the server. */

import { post } from "./ask.js";
import { word } from "./words.js";

const QUALITY = 0.95;
const PATIENCE_MS = 5000; // so long may a camera take to change its resolution
const LENT_MS = 10_000; // after which the interview has its camera back, whatever the still became
const FRAME_MS = 500;

/** Waits for a frame of the size that the camera says it has by now. A page out of sight is told of no frames. */
async function settled(video, track) {
  const until = performance.now() + PATIENCE_MS;
  do {
    await new Promise((done) => {
      video.requestVideoFrameCallback(done);
      setTimeout(done, FRAME_MS);
    });
  } while (video.videoWidth !== track.getSettings().width && performance.now() < until);
}

/** A JPEG of what the camera sees, as large as the camera can; afterwards it is as it was. */
async function still(track) {
  const { width, height } = track.getCapabilities();
  const usual = track.getConstraints();
  const video = document.createElement("video");
  try {
    await track.applyConstraints({ width: { ideal: width.max }, height: { ideal: height.max } });
    Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
    await video.play();
    await settled(video, track);
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    return await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  } finally {
    video.srcObject = null;
    await track.applyConstraints(usual);
  }
}

function late(ms) {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("late")), ms));
}

/** Gives a sharper picture when this participant is asked for one, and asks others by `button`, if there is one. */
export function sharpness({ self, media, line, url, seats, button }) {
  let asked = null;
  line.on("sharpness", ({ participant, sharp }) => participant === self && media.sharpen(sharp).catch(() => {}));
  button?.addEventListener("click", async () => {
    const who = asked ?? seats.shown;
    if (!who) return;
    const { ok } = await post(url, { participant_id: who, sharpness: asked ? "usual" : "document" });
    if (!ok) return;
    asked = asked ? null : who;
    button.setAttribute("aria-pressed", String(asked !== null));
  });
}

/** Answers when this participant is asked, unless the camera is closed; `live` says that it was done. */
export function giveStills({ self, media, peer, line, url, live }) {
  line.on("still_wanted", async ({ participant, still: id }) => {
    const track = media.stream.getVideoTracks()[0];
    if (participant !== self || !track || !media.sends("video")) return;
    live.textContent = word("still-taken");
    const fields = new FormData();
    try {
      const taken = () => Promise.race([still(track), late(LENT_MS)]);
      fields.append("file", await peer.lendCamera(taken), "still.jpg");
    } catch {
      live.textContent = ""; // the officer keeps what came over the line
      return;
    }
    const { ok } = await post(`${url}/${id}`, fields);
    live.textContent = ok ? word("still-brought") : "";
  });
}
