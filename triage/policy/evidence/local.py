# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a declared model ran on the writer's own machine, by the words of the sentence that declares it."""

import re

from triage.model import Evidence
from triage.model.expression import expression
from triage.policy.evidence.sentences import sentence_spans
from triage.policy.evidence.tools import find_names, tools_in

_RUNNER = r"(?:ollama(?!\s+cloud)|llama\.?cpp|lm studio|vllm|gpt4all|koboldcpp|llamafile|mlx)"
_OWN = r"(?:on|in) (?:my|our) (?:own )?(?:machine|laptop|hardware|server|gpu|workstation|computer|box|network)s?"
_WHERE = rf"(?:local(?:ly)?|offline|on-device|self-hosted|{_RUNNER}|{_OWN})"
_BESIDE = expression(rf"\([^()]{{0,60}}\b{_WHERE}\b[^()]{{0,60}}\)|,\s*(?:run(?:ning)? |hosted )?(?:{_WHERE})\s*(?:[,.;]|$)", re.IGNORECASE)
"""In brackets behind the name, or set off by a comma."""
_KIND = expression(
    r"\b(?:local(?:ly)?(?:[- ](?:run(?:ning)?|hosted|deployed|served))?|self-hosted|offline|on-device)\s+(?:\w+\s){0,2}$", re.IGNORECASE
)
"""Right before the name: a local Qwen, a locally hosted copy of Gemma."""
_RUN = expression(
    rf"\b(?:run(?:s|ning)?|ran|hosted|executed|served|deployed)\s+(?:\w+ly\s+)?(?:{_WHERE}|(?:on|in|under|by|via|through|with) {_RUNNER})"
    rf"|\b(?:on|in|under|via|through|using|with|by)\s+(?:(?:a|my|our) )?(?:local )?{_RUNNER}\b"
    rf"(?!\s+(?:provider|backend|support|driver|api|client|integration))|\b{_OWN}\b"
    r"|\blocal(?:ly[- ](?:run|hosted))? (?:\w+ )?(?:models?|llms?|instance|inference)\b", re.IGNORECASE,
)  # fmt: skip
_NOT = expression(
    r"\b(?:not|never|isn't|wasn't|no longer)\s+(?:\w+\s)?(?:run |running |hosted )?(?:local|offline|on-device|self-hosted)", re.IGNORECASE
)
_OTHERS = expression(r"\b(?:they|tests?|it passes|which) (?:all )?(?:run|ran|pass)\b", re.IGNORECASE)


def ran_locally(item: Evidence) -> bool:
    """Say whether all that a declaration names ran locally: every sentence of its line that names one of its tools says so of it."""
    sentences = [item.quote[begin:end] for begin, end in sentence_spans(item.quote)] or [item.quote]
    mine = [one for one in sentences if not item.tools or set(tools_in(one)) & set(item.tools)] or sentences
    return all(_says_local(sentence) for sentence in mine)


def _says_local(sentence: str) -> bool:
    if _NOT.search(sentence):
        return False
    names = find_names(sentence)
    if any(_KIND.search(sentence[: name.start]) for name in names):
        return True
    end = names[0].end if names else 0
    if _BESIDE.search(sentence[end - 1 if end else 0 :]):
        return True
    found = _RUN.search(sentence)
    return found is not None and not _OTHERS.search(sentence[: found.end()])
