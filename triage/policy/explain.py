# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is known of a finding code: what it says and misses, what a person decides, the cure, and which rules give it. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triage.model.codes import BY_KIND, BY_PACK, CODES, Code
from triage.policy.evidence import AI_KEYS
from triage.policy.pack import Pack, Rule

if TYPE_CHECKING:
    from triage.model.shapes.policy import ExplainedShape


class Explanation(Struct, frozen=True):
    """A finding code, and the rules of some packs that give it."""

    code: str
    about: Code
    kinds: tuple[str, ...]
    """Of rules that give it."""
    any_pack: bool
    """Whether it comes with every pack that has rules."""
    rules: tuple[tuple[str, Rule], ...]
    """Each with the id of its pack."""

    def to_dict(self) -> "ExplainedShape":
        """Return it in the shape of `triage policy explain --json`, but for the reply that a draft would give."""
        one = self.about
        return {
            "schema": 1, "code": self.code, "name": one.name, "says": one.about, "misses": one.misses, "question": one.question,
            "cure": one.cure, "kinds": list(self.kinds), "any_pack": self.any_pack,
            "rules": [
                {"pack": pack, "rule": rule.id, "severity": rule.severity.value, "text": rule.text, "source": rule.source}
                for pack, rule in self.rules
            ],
        }  # fmt: skip


def explain(code: str, packs: Sequence[Pack]) -> Explanation:
    """Return all that is known of a code that there is."""
    if code not in CODES:
        return _own(code, packs)
    kinds = tuple(kind for kind, codes in BY_KIND.items() if code in codes)
    every = ((pack.id, rule) for pack in packs for rule in pack.rules if rule.kind in kinds and not rule.code)
    rules = tuple((pack, rule) for pack, rule in every if _gives(rule.kind, rule.parameters, code))
    return Explanation(code, CODES[code], kinds, code in BY_PACK, rules)


def _own(code: str, packs: Sequence[Pack]) -> Explanation:
    """Return what is known of a code that packs give to findings of their own: the rule's text, and the rest from its kind."""
    rules = tuple((pack.id, rule) for pack in packs for rule in pack.rules if rule.code == code)
    first = rules[0][1]
    like = next(one for one in CODES if one in BY_KIND[first.kind] and _gives(first.kind, first.parameters, one))
    about = CODES[like]._replace(code=code, name=first.name, about=first.text or CODES[like].about)
    return Explanation(code, about, tuple(dict.fromkeys(rule.kind for _, rule in rules)), False, rules)


def _all_ai(keys: list[str]) -> bool:
    return all(key.lower() in AI_KEYS for key in keys)


def _gives(kind: str, parameters: dict[str, Any], code: str) -> bool:
    """Say whether a rule of a kind gives a code with its parameters."""
    match kind:
        case "trailer":
            keys = [parameters["key"]] if "key" in parameters else parameters["any_of"]
            signs = keys == ["Signed-off-by"]
            ours = _all_ai(keys)
            signed = code.startswith("DCO") and code != "DCO012"
            by_op = {
                "require": signed if signs else code == ("AI003" if ours else "FMT003"), "forbid": code == "AI007",
                "position": code == "DCO012", "grammar": code == ("FMT001" if keys == ["Fixes"] else "AI006" if ours else "FMT004"),
            }  # fmt: skip
            return bool(by_op[parameters["op"]])
        case "identity":
            by_who = {"author": {"DCO004", "DCO005"}, "codeveloper": {"DCO007"}}
            return code in by_who.get(parameters["who"], {"DCO006"})
        case "order":
            return ("followed_by" in parameters and code != "DCO012") or (bool({"first", "last"} & set(parameters)) and code == "DCO012")
        case "human-only":
            return bool((code == "AI016") == ("From" in parameters["keys"]) or len(parameters["keys"]) > 1)
        case "ai-stance":
            excepts = {"AI010", "AI011", "AI012", "AI014", "AI017", "AI018"}
            heard = {"third-party", "bot-guess"}
            if code in excepts:
                return bool(parameters["stance"] == "decline-unless-exception")
            return bool(heard & set(parameters["evidence"])) if code == "AI002" else bool(set(parameters["evidence"]) - heard)
        case "disclosure":
            return code != "AI004" or "fields" in parameters
        case "paths":
            return bool((code == "AI014") == (parameters["op"] == "forbid"))
        case "attest":
            return bool((code == "AI004") == (parameters["by"] == "contributor"))
        case _:
            return True
