"""Words that a person typed, made fit to be kept: one kind of line end, no outer space, always encodable."""


def tidy(text: str) -> str:
    """Give the text with equal line ends and stripped; half a surrogate pair becomes a question mark."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
