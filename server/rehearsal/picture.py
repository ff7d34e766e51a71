"""A picture of a document, as an officer's browser would capture it: a test card as PNG."""

import av

from server.rehearsal import card
from server.rehearsal.card import Side


def png_of(side: Side, elapsed_ms: int) -> bytes:
    """Return the card of a side at a time as a PNG file."""
    frame = av.VideoFrame.from_ndarray(card.draw(side, elapsed_ms), format="yuv420p").reformat(format="rgb24")
    encoder = av.CodecContext.create("png", "w")
    assert isinstance(encoder, av.VideoCodecContext)  # noqa: S101 - narrows the type for the checker
    encoder.width, encoder.height, encoder.pix_fmt = card.WIDTH, card.HEIGHT, "rgb24"
    encoder.time_base = card.FRAME_TIME
    frame.pts, frame.time_base = 0, card.FRAME_TIME
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
