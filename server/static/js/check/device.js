/** Camera, microphone and speaker of this device: what the picture is like, how loud a voice is, and a tone. */

const LOUD_ENOUGH = 8; // of STEPS, reached for HEARD_TICKS ticks
export const STEPS = 20;
const HEARD_TICKS = 5;
const TICK_MS = 100;
const LOOK_MS = 1000;
const FAINT_MS = 15_000;
const QUIET_DB = -60; // the foot of the level, 0 dB is its top
const SMALLEST_WIDTH = 640;
const BLACK = 16; // mean brightness of 255
const TONE = { hertz: [523, 659, 784], seconds: 0.35, gain: 0.2 };

/** Mean brightness of the picture, 0 to 255. */
function brightness(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 16, 9);
  const { data } = pen.getImageData(0, 0, 16, 9);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += (data[at] + data[at + 1] + data[at + 2]) / 3;
  return sum / (data.length / 4);
}

/** Watches the picture in `video`: tells "good", "small" or "dark" with its figures, again and again. */
export function watchCamera(track, video, tell) {
  const look = () => {
    if (!video.videoWidth) return;
    const { videoWidth: width, videoHeight: height } = video;
    const figures = { name: track.label, width, height, rate: Math.round(track.getSettings().frameRate ?? 0) };
    let result = "good";
    if (brightness(video) < BLACK) result = "dark";
    else if (width < SMALLEST_WIDTH) result = "small";
    tell(result, figures);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

/** Watches the microphone: `show(level)` hears it ten times a second, `tell` "good" once, or "weak". */
export function watchMicrophone(sound, stream, show, tell) {
  const analyser = sound.createAnalyser();
  analyser.fftSize = 2048;
  const source = sound.createMediaStreamSource(stream);
  source.connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  let ticks = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
    const decibels = 10 * Math.log10(power + 1e-12);
    const level = Math.max(0, Math.min(STEPS, Math.round(STEPS * (1 - decibels / QUIET_DB))));
    show(level);
    if (level >= LOUD_ENOUGH) ticks += 1;
    if (ticks === HEARD_TICKS) tell("good");
  }, TICK_MS);
  const faint = setTimeout(() => ticks < HEARD_TICKS && tell("weak"), FAINT_MS);
  return () => {
    clearInterval(timer);
    clearTimeout(faint);
    source.disconnect();
  };
}

/** Three short tones, one after the other. */
export function play(sound) {
  const begin = sound.currentTime + 0.05;
  TONE.hertz.forEach((hertz, place) => {
    const tone = new OscillatorNode(sound, { frequency: hertz });
    const volume = new GainNode(sound, { gain: 0 });
    const at = begin + place * TONE.seconds;
    volume.gain.setTargetAtTime(TONE.gain, at, 0.02);
    volume.gain.setTargetAtTime(0, at + TONE.seconds * 0.7, 0.03);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + TONE.seconds);
  });
}
