"""The text format of Prometheus, read as strictly as its description says."""

import re

_NAME = r"[a-z][a-z0-9_]*"
_LABEL = rf'{_NAME}="[^"\\\n]*"'
_SAMPLE = re.compile(rf"({_NAME})(\{{{_LABEL}(?:,{_LABEL})*\}})? (-?[0-9][0-9.e+-]*)")
_COMMENT = re.compile(rf"# (?:HELP ({_NAME}) \S.*|TYPE ({_NAME}) (?:counter|gauge|histogram))")


def read_metrics(text: str) -> dict[str, float]:
    """Give each sample by its name with labels; each belongs to the family before it, none comes twice."""
    assert text.endswith("\n")
    samples: dict[str, float] = {}
    family = ""
    for line in text.splitlines():
        comment = _COMMENT.fullmatch(line)
        if comment:
            family = comment[1] or comment[2]
            continue
        found = _SAMPLE.fullmatch(line)
        assert found, line
        assert found[1].removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") == family, line
        name = found[1] + (found[2] or "")
        assert name not in samples, name
        samples[name] = float(found[3])
    return samples
