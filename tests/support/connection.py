"""What a browser says of its media connection, in the room and in the report of the check."""

from tests.support.person import Person

# The two pages are opened with a cheap camera, and keep their connection where the test finds it.
BEFORE = """() => {
  const Made = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Made {
    constructor(...options) {
      super(...options);
      window.connection = this;
    }
  };
  const devices = navigator.mediaDevices;
  if (!devices) return;  // a page without an address has none
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wishes) =>
    ask({ ...wishes, video: wishes.video && { width: 320, height: 240, frameRate: 8 } });
}"""
SEES_AND_HEARS = """async () => {
  const report = [...(await window.connection.getStats()).values()];
  const inbound = report.filter(({ type }) => type === "inbound-rtp");
  const sees = inbound.some(({ kind, framesDecoded }) => kind === "video" && framesDecoded > 20);
  const hears = inbound.some(({ kind, totalSamplesReceived, concealedSamples, totalAudioEnergy }) =>
    kind === "audio" && totalSamplesReceived - concealedSamples > 48_000 && totalAudioEnergy > 0.001);
  return sees && hears;
}"""
GOES_BY_TCP = """async () => {
  const report = await window.connection.getStats();
  const used = [...report.values()].filter(
    ({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const ends = ({ localCandidateId, remoteCandidateId }) => [localCandidateId, remoteCandidateId];
  const ways = used.map((pair) => ends(pair).map((id) => report.get(id).protocol));
  return JSON.stringify(ways) === '[["tcp","tcp"]]';
}"""
MEASURED_MS = 40_000


async def report_of_check(somebody: Person) -> str:
    """Let a line be measured; return the report."""
    page = somebody.page
    await page.goto("/check")
    await somebody.click("[data-begin]")
    await somebody.click("[data-play]")
    await somebody.click("[data-heard=yes]")
    await page.wait_for_selector("#check[data-state=done]", timeout=MEASURED_MS)
    return await page.input_value("[data-part=report]")
