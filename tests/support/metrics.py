"""The text format of Prometheus, read as strictly as its description says."""

import re

_NAME = r"[a-z][a-z0-9_]*"
_LABEL = rf'{_NAME}="[^"\\\n]*"'
_SAMPLE = re.compile(rf"({_NAME})(\{{{_LABEL}(?:,{_LABEL})*\}})? (-?[0-9][0-9.e+-]*)")
_FIRST_NODE = re.compile(r'\{node="0"\}|node="0",')
_COMMENT = re.compile(rf"# (?:HELP ({_NAME}) \S.*|TYPE ({_NAME}) (?:counter|gauge|histogram))")


def read_metrics(text: str) -> dict[str, float]:
    """Give each sample by name and labels, those of the first node without it; each stands in its family."""
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
        name = _FIRST_NODE.sub("", found[1] + (found[2] or ""))
        assert name not in samples, name
        samples[name] = float(found[3])
    return samples
