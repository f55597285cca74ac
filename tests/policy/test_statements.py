# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of machines: declarations, denials, talk, forms, footers, keys; in the words of people who exist nowhere."""

import json
import tomllib
from importlib.resources import files

import pytest

from tests.conftest import SOB, Inbox, Run, mail, patch_body
from tests.policy.test_evidence import evidence
from tests.policy.test_judge import codes, read
from triage.admin.lists import add_list
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.mail.identity import parse_person
from triage.model import Evidence, EvidenceClass, Person, Role, Says
from triage.model.errors import ConfigError
from triage.policy.evidence.machines import agent_mark, is_ai, is_machine
from triage.policy.evidence.tools import extend, tools, tools_in
from triage.policy.people import read_people
from triage.policy.rules.case import evidence_of
from triage.projects import load_pack
from triage.series.grouping import group

ADA, BO = "Ada Example <ada@example.org>", "Bo Sample <bo@example.net>"


def heard(text: str, **headers: str) -> set[Says]:
    """Return what a patch with this message says of machines."""
    return {item.says for item in evidence(patch_body(f"{text}\n\n{SOB}"), **headers)}


def answered(text: str, sender: str = ADA) -> tuple[Evidence, ...]:
    """Return what a reply to a patch of Ada's says of machines, by who speaks."""
    reply = mail(text, key="r", subject="Re: [PATCH] widget: fix", sender=sender, In_Reply_To="<a@example.org>")
    messages = [read(content) for content in (mail(patch_body()), reply)]
    (series,) = group(messages[:1])
    return evidence_of(series, messages[1:])


def says(text: str, sender: str = ADA) -> set[Says]:
    return {item.says for item in answered(text, sender)}


@pytest.mark.parametrize(
    ("text", "role", "tool"),
    [
        ("All spoons were counted by Claude.", Role.UNKNOWN, "anthropic/claude"),
        ("I got Codex to write the stirring loop, and I vouch for it.", Role.GENERATE, "openai/codex"),
        ("Had DeepSeek V4 convert the forty callers; I read each.", Role.GENERATE, "deepseek/deepseek/deepseek-v4"),
        ("The lid table is Copilot's work.", Role.UNKNOWN, "microsoft/copilot"),
        ("Thanks to Gemini for the switch statement.", Role.UNKNOWN, "google/gemini"),
        ("Qwen3-Coder, which runs under my desk, wrote the parser.", Role.GENERATE, "alibaba/qwen"),
        ("The typing was left to Kimi K2.5.", Role.UNKNOWN, "moonshot/kimi"),
        ("It was Junie that renamed the handles.", Role.GENERATE, "jetbrains/junie"),
        ("I described the lid to Cursor and it filled in the table.", Role.GENERATE, "anysphere/cursor"),
        ("Claude spotted the missing unlock; the fix is mine.", Role.FIND, "anthropic/claude"),
        ("I let Grok go through the trace and it named the culprit.", Role.DEBUG, "xai/grok"),
        ("I had GLM-4.7 look over the diff before sending this.", Role.REVIEW, "zhipu/glm/glm-4-7"),
        ("I asked ChatGPT to explain chapter four of the kettle specification.", Role.RESEARCH, "openai/chatgpt"),
        ("The kettle tests come from Codestral.", Role.TEST, "mistral/codestral"),
        ("I wrote this in German and let DeepL translate it.", Role.TRANSLATE, "deepl/deepl"),
        ("The wording of this message was polished with Le Chat.", Role.DESCRIBE, "mistral/le-chat"),
        ("Most of these are the output of an LLM.", Role.UNKNOWN, ""),
        ("The AI proposed this algorithm when I asked an assistant.", Role.GENERATE, ""),
        ("Written with Amp, thread: https://ampcode.com/threads/T-12ab34cd", Role.GENERATE, "sourcegraph/amp"),
    ],
)  # fmt: skip
def test_a_clause_tells_who_did_what_with_which_tool(text: str, role: Role, tool: str) -> None:
    found = [item for item in evidence(patch_body(f"{text}\n\n{SOB}")) if item.says is Says.DECLARES]
    assert found
    assert found[0].role is role or (role is Role.UNKNOWN and found[0].role in {Role.GENERATE, Role.UNKNOWN})
    assert any(name.startswith(tool) for name in found[0].tools or ("",))
    assert found[0].why


@pytest.mark.parametrize(
    "text",
    [
        "No AI took part in this.", "Not one spoon of this was made by a language model.", "Written without ChatGPT or anything like it.",
        "None of this was generated with Copilot.", "I have not used an LLM for it.", "Claude wasn't involved.", "AI used: no", "Contains AI-generated code: no",
        "LLM usage: none", "No language model or other AI tool was involved.", "AI share: 0 %", "I did it by hand and not because an LLM told me to.", "- [x] No AI tools were used",
    ],
)  # fmt: skip
def test_a_denial_is_heard_and_is_no_declaration(text: str) -> None:
    found = heard(text)
    assert Says.DENIES in found
    assert Says.DECLARES not in found


def test_part_denied_and_part_declared_are_both_heard() -> None:
    assert heard("Nothing in the lid comes from an AI; the tests do (Codestral).") == {Says.DENIES, Says.DECLARES}
    assert heard("No AI was used, apart from Gemini having checked the spelling.") >= {Says.DECLARES}


@pytest.mark.parametrize(
    "text",
    [
        "AI-generated contributions are declined.", "If you use an LLM, say so in the message.", "Patches made with AI tools have to be marked.",
        "People who let Claude write patches get the style wrong.", "Should we take patches by language models?", "A colleague had Copilot fill such a table.",
        "I would consider letting Claude write the manual next time.", "Users asked ChatGPT how to stir and got it wrong; improve the manual.",
        "Add support for ChatGPT as a provider.", "This reverts an AI-generated patch that broke the lid.", 'The commit "pot: fix (written by Claude)" broke it.',
        "The project accepts AI-assisted patches since March.",
    ],
)  # fmt: skip
def test_talk_is_not_use(text: str) -> None:
    assert not heard(text) & {Says.DECLARES, Says.ALLEGES}


@pytest.mark.parametrize(
    "text",
    [
        "Claude Dupont measured this on the old kettle.", "Jean-Claude asked for it.", "The Gemini SoC has two lids.", "Fix the AI subdevice's range table.",
        "The cursor plane blinks.", "Start ssh-agent only once.", "LLM inference on the board gets 20 tokens per second.", "The LLM register was read too late.",
        "Cursor was used before it was set up.", "A disk with a GPT is found, the GPT2 clock too.",
    ],
)  # fmt: skip
def test_people_and_hardware_are_no_machines_that_write(text: str) -> None:
    assert heard(text) <= {Says.DISCUSSES}


def test_a_person_of_the_mail_is_a_person_in_its_text() -> None:
    trailer = "Reported-by: Claude Muster <claude@example.net>"
    assert Says.DECLARES not in heard(f"Claude found this on the kettle.\n\n{trailer}")
    assert Says.DECLARES in heard("Claude found this on the kettle.")


@pytest.mark.parametrize(
    "text",
    [
        "Dieses Ding da wurde völlig mit Claude Code gebaut.",
        "本补丁由 Claude Code 生成。",
        "Этот патч целиком написал ChatGPT вчера вечером.",
    ],
)
def test_a_language_that_is_not_read_is_said_to_be_unread(text: str) -> None:
    assert heard(text) == {Says.UNCLEAR}


@pytest.mark.parametrize(
    "text", ["The checker that found it was written with Claude.", "The fuzzer was built with AI assistance, and each hit looked at."]
)
def test_a_machine_that_made_the_tool_made_no_patch(text: str) -> None:
    assert heard(text) == {Says.UNCLEAR}


def test_an_admission_settles_an_allegation_and_says_so() -> None:
    patch = mail(patch_body(f"Fix it.\n\n{SOB}"), date="Mon, 05 Oct 2026 09:00:00 +0000")
    reply = {"subject": "Re: [PATCH] widget: fix", "date": "Mon, 05 Oct 2026 10:00:00 +0000"}
    asks = mail("This looks as if it was written by ChatGPT.", key="q", sender=BO, In_Reply_To="<a@example.org>", **reply)
    admits = mail("ChatGPT wrote the code, I tested it.", key="r", In_Reply_To="<q@example.org>", **reply)
    (open_,) = [item for item in _judged(patch, asks, pack="qemu") if item.code == "AI002"]
    (cured,) = [item for item in _judged(patch, asks, admits, pack="qemu") if item.code == "AI002"]
    assert (open_.cured, cured.cured) == ("", "r@example.org")
    assert cured.says == "Bo Sample says so, and Ada Example declares it."
    only_words = mail("I had DeepL translate the message.", key="r", In_Reply_To="<q@example.org>", **reply)
    (still,) = [item for item in _judged(patch, asks, only_words, pack="qemu") if item.code == "AI002"]
    assert not still.cured


def test_what_a_person_did_beside_the_machine_is_not_its_role() -> None:
    for text in ("The lid was written by Claude, the tests are mine.", "Claude wrote the lid and I wrote the tests."):
        (found,) = evidence(patch_body(f"{text}\n\n{SOB}"))
        assert found.role is Role.GENERATE
    (tests,) = evidence(patch_body(f"I wrote the lid by hand and the tests with Claude.\n\n{SOB}"))
    assert tests.role is Role.TEST


def test_a_line_below_the_cut_is_counted_as_the_mail_has_it() -> None:
    body = patch_body(f"It was broken.\n\n{SOB}", tail="\nv2: rebased\n\nWritten by Claude Code.\n")
    (found,) = evidence(body)
    assert body.splitlines()[found.line - 1] == "Written by Claude Code."


def test_what_the_grammar_does_not_tell_is_unclear_and_only_noted() -> None:
    content = mail(patch_body(f"Our kettle and Claude Code, as ever.\n\n{SOB}"), date="Mon, 05 Oct 2026 09:00:00 +0000")
    assert codes(content, pack=load_pack("qemu")) == ["AI019"]
    found = {item.severity.value for item in findings(content, "qemu")}
    assert found == {"info"}


def findings(content: bytes, pack: str) -> list:  # type: ignore[type-arg]
    from triage.policy.judge import judge

    messages = [read(content)]
    return judge(*[group(messages)[0]], [], load_pack(pack))


# answers -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> Did you use an LLM for this?\n\nYes.\n", Says.DECLARES),
        ("> Did you use an LLM for this?\n\nPartly: the tests.\n", Says.DECLARES),
        ("> Which tool, if any, did you use? Some LLM?\n\nGrok. Is that bad?\n", Says.DECLARES),
        ("> Did you use an LLM for this?\n\nNo.\n", Says.DENIES),
        ("> Was this written by a model?\n\nNo, my keyboard and I.\n", Says.DENIES),
        ("> This reads like ChatGPT.\n\nIt's not.\n", Says.DENIES),
        ("> Did you write this? It looks like ChatGPT.\n\nI wrote all of it myself.\n", Says.ATTESTS),
        ("> Which applies: a) no AI   b) AI for code\n\na)\n", Says.DENIES),
    ],
)
def test_a_short_answer_is_read_with_its_question(text: str, expected: Says) -> None:
    assert says(text) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "> Can the lid be NULL here?\n\nYes, it can.\n",
        "> Is the tracking model right?\n\nNo, see the comment.\n",
        "> kbuild bot found a warning.\n\nYes, fixed.\n",
    ],
)
def test_an_answer_to_another_question_says_nothing_of_machines(text: str) -> None:
    assert says(text) <= {Says.DISCUSSES, Says.REPORTS}


# who speaks ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["This patch was evidently written by ChatGPT.", "It looks as if it was made by an LLM.", "AI slop. NAK.", "Your LLM has invented this function.",
     "I suspect that a language model wrote the message."],
)  # fmt: skip
def test_an_allegation_is_a_persons_word_about_this_contribution(text: str) -> None:
    assert Says.ALLEGES in says(text, BO)
    assert EvidenceClass.THIRD_PARTY in {item.klass for item in answered(text, BO)}


@pytest.mark.parametrize(
    "text",
    ["This is an AI-generated review of your patch.", "I ran Claude over your series and it found a leak.", "Did you use an LLM for this?",
     "Our policy does not allow AI-generated code, see the docs.", "I used Copilot to write a test for my own tree.", "With the change reported by the AI it is fine."],
)  # fmt: skip
def test_a_review_a_question_and_a_rule_allege_nothing(text: str) -> None:
    assert Says.ALLEGES not in says(text, BO)


@pytest.mark.parametrize(
    "text",
    [
        "I will send a v2 to address the AI generated comment.",
        "The AI review bot was right, fixed.",
        "v2: fix what Sashiko found",
        "The LLM review of v1 asked for it.",
    ],
)
def test_an_author_who_answers_a_review_from_outside_declares_nothing(text: str) -> None:
    assert Says.DECLARES not in says(text)


def test_a_robot_alleges_nothing() -> None:
    found = answered("This was generated by an LLM.\n", "sashiko-bot <sashiko-bot@example.com>")
    assert {(item.klass, item.says) for item in found} == {(EvidenceClass.BOT_GUESS, Says.REPORTS)}


def test_an_answer_that_one_wrote_it_settles_what_asked_for_it() -> None:
    date = "Mon, 05 Oct 2026 10:00:00 +0000"
    patch = mail(patch_body("Fix it.\n\n"), date="Mon, 05 Oct 2026 09:00:00 +0000")
    asks = mail(
        "This looks as if it was written by ChatGPT.", key="q", subject="Re: x", sender=BO, date=date, In_Reply_To="<a@example.org>"
    )
    answer = mail("> Did you write this?\n\n- [x] I am the author\n", key="r", subject="Re: x", date=date, In_Reply_To="<a@example.org>")
    open_codes = {item.code for item in _judged(patch, asks) if not item.cured}
    assert {"AI002", "AI004"} <= open_codes
    assert not {"AI002", "AI004"} & {item.code for item in _judged(patch, asks, answer) if not item.cured}


def _judged(*contents: bytes, pack: str = "jupyterhub") -> list:  # type: ignore[type-arg]
    from triage.policy.judge import judge

    messages = [read(content) for content in contents]
    return judge(group(messages[:1])[0], messages[1:], load_pack(pack))


# forms -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [ ] No AI was used\n- [x] AI was used", Says.DECLARES), ("☐ I used AI tools\n☑ I did not use AI tools", Says.DENIES),
        ("- [] AI was used here\n- [x] AI was not used here", Says.DENIES), ("1. [X] Parts of it were generated with AI", Says.DECLARES),
        ("AI used: ( ) none (x) some", Says.DECLARES), ("AI used: yes", Says.DECLARES), ("LLM-generated: true", Says.DECLARES),
        ("Did you use AI tools? **Yes, Codestral**", Says.DECLARES), ("## AI disclosure\n\nnone", Says.DENIES), ("## AI disclosure\n\nYes, for the tests.", Says.DECLARES),
        ("### Did you use AI to write this?\n\nNo", Says.DENIES), ("AI use\n------\n\nThe lid: Gemini, edited.", Says.DECLARES),
        ("| Code written by an LLM | :x: |\n| Docs written by an LLM | :white_check_mark: |", Says.DECLARES), ("~~No AI took part~~\n\nAn AI took part: Droid did the lid.", Says.DECLARES),
        ("- [x] No AI was used\n- [x] AI was used\n\nBoth ticked: the lid has no AI in it, the tests are by Copilot.", Says.DECLARES),
        ("- [x] No AI was used\n- [x] AI was used", Says.UNCLEAR),
        ("- [x] I made use of AI so:\n  - [ ] writing code\n  - [x] writing tests; Claude made the\n        lid tests", Says.DECLARES),
    ],
)  # fmt: skip
def test_forms_are_read_as_they_are_filled_in(text: str, expected: Says) -> None:
    cover = mail(f"{text}\n", subject="[PATCH 0/1] widget: fix").decode()
    found = {item.says for item in evidence(cover.partition("\n\n")[2], subject="[PATCH 0/1] widget: fix")}
    assert expected in found
    if expected is not Says.DECLARES:
        assert Says.DECLARES not in found


@pytest.mark.parametrize(
    "text",
    ["<!-- If you used AI, say so: Claude Code wrote it -->", "AI used:\nTested on: a kettle", "## AI disclosure\n\n## Checklist\n\n- [x] builds", "- [ ] AI was used",
     "### Tools\n\n(name of the assistant, or \"none\")"],
)  # fmt: skip
def test_a_form_that_is_not_filled_in_says_nothing(text: str) -> None:
    assert not {item.says for item in evidence(f"{text}\n", subject="[PATCH 0/1] widget: fix")} & {Says.DECLARES, Says.UNCLEAR}


@pytest.mark.parametrize(
    "text",
    ["🤖 Generated with [Claude Code](https://claude.com/claude-code)", "Made with [Cursor](https://cursor.com)", "💘 Generated with Crush",
     "👾 Generated with [Frobnicator](https://frob.example.org)", "Notes (ai):\n    Claude Code wrote the lid.", "Link to Devin run: https://devin.example.com/s/1"],
)  # fmt: skip
def test_footers_and_notes_declare(text: str) -> None:
    assert Says.DECLARES in heard(text)


def test_a_link_to_a_session_declares_and_a_ban_only_asks() -> None:
    link = "https://claude.ai/code/session_01AbCdEf"
    (alone,) = evidence(patch_body(f"Fix it.\n\n{link}\n\n{SOB}"))
    assert (alone.says, alone.role, alone.link) == (Says.DECLARES, Role.UNKNOWN, True)
    for message in (f"Fix it.\n\n{link}\n\n{SOB}", f"Fix it.\n\nClaude-Session: {link}\n{SOB}"):
        found = findings(mail(patch_body(message), date="Mon, 05 Oct 2026 09:00:00 +0000"), "gentoo")
        assert [(item.code, item.severity.value) for item in found if item.code.startswith("AI")] == [("AI001", "ask")]
        assert "AI003" in codes(mail(patch_body(message), date="Mon, 01 Jun 2026 09:00:00 +0000"), pack=load_pack("linux-kernel"))
    (inside,) = evidence(patch_body(f"The log of what I tried is kept at {link} for a while, with the others.\n\n{SOB}"))
    assert inside.says is Says.UNCLEAR


def test_looking_is_not_making_for_a_ban() -> None:
    for text in (
        "Found by Claude; I wrote the fix.",
        "I had Gemini look over the diff before sending it.",
        "I asked ChatGPT to explain the manual.",
    ):
        found = findings(mail(patch_body(f"{text}\n\n{SOB}"), date="Mon, 05 Oct 2026 09:00:00 +0000"), "gentoo")
        assert "AI001" not in {item.code for item in found}
    assert "AI001" in codes(
        mail(patch_body(f"Written by ChatGPT.\n\n{SOB}"), date="Mon, 05 Oct 2026 09:00:00 +0000"), pack=load_pack("gentoo")
    )


# keys, tools, machines ---------------------------------------------------------------------------------------------------

NAMES = [name for row in tomllib.loads(files("triage.policy.evidence").joinpath("tools.toml").read_text("utf-8"))["tool"]
         for key in ("names", "shared", "words") for name in row.get(key, [])]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_assisted_by_is_heard_with_every_name_of_the_table(name: str) -> None:
    (found,) = evidence(patch_body(f"Text.\n\nAssisted-by: {name.title()}\n{SOB}"))
    assert found.says is Says.DECLARES
    assert found.tools


@pytest.mark.parametrize(
    "name",
    ["Devin", "Jules", "Amp", "Kimi", "GLM-5", "DeepL", "OpenCode", "Crush", "Letta", "Junie", "Factory Droid", "Antigravity", "Codebuff", "Cline", "Roo", "Kilo", "Goose",
     "Warp", "Zed", "Augment", "OpenHands", "Hermes", "OpenClaw", "GLM:5.1 Z.ai", "GPT"],
)  # fmt: skip
def test_tools_that_people_name_are_known(name: str) -> None:
    (found,) = evidence(patch_body(f"Text.\n\nAssisted-by: {name}\n{SOB}"))
    assert (found.says, found.role) == (Says.DECLARES, Role.UNKNOWN)
    assert found.tools


def test_a_name_in_no_table_is_a_tool_that_is_not_known() -> None:
    (found,) = evidence(patch_body(f"Text.\n\nAssisted-by: Frobnicator\n{SOB}"))
    assert (found.says, found.tools) == (Says.DECLARES, ())
    assert "AI009" in codes(
        mail(patch_body(f"Text.\n\nAssisted-by: Frobnicator\n{SOB}"), date="Mon, 05 Oct 2026 09:00:00 +0000"), pack=load_pack("openedx")
    )


@pytest.mark.parametrize("key", ["Assisted-by", "Co-developed-by", "Co-authored-by", "Signed-off-by", "Generated-by"])
@pytest.mark.parametrize("name", ["Jean-Claude Muster", "Gemini Sample", "Grok Example", "Mistral Eksempel", "Jules Probe"])
def test_a_person_with_a_persons_address_is_a_person_in_every_key(key: str, name: str) -> None:
    assert evidence(patch_body(f"Text.\n\n{key}: {name} <someone@example.org>\n{SOB}")) == ()


def test_all_tools_of_a_line_are_recorded() -> None:
    (found,) = evidence(patch_body(f"Text.\n\nAssisted-by: GPT 5.5 with opencode-go and deepseek-v4-flash\n{SOB}"))
    assert found.tools == ("openai/chatgpt/gpt-5-5", "opencode/opencode/", "deepseek/deepseek/deepseek-v4-flash")
    assert tools_in("Copilot running Claude Opus 4.8") == ("microsoft/copilot/", "anthropic/claude/claude-opus-4-8")
    assert tools_in("This code is written by GPT-5.") == ("openai/chatgpt/gpt-5",)


@pytest.mark.parametrize(
    ("person", "machine"),
    [
        ("OpenHands <openhands@all-hands.dev>", True), ("Hermes Agent <hermes@nousresearch.com>", True), ("OpenClaw <bot@openclaw.ai>", True),
        ("kernel test robot <lkp@example.com>", True), ("Sashiko <x@example.org>", True), ("Amp <amp@ampcode.com>", True), ("Claude Monet <c@example.org>", False),
        ("Kiro Tanaka <kiro@example.org>", False), ("Bo Robot-Maker <bo@example.org>", False),
    ],
)  # fmt: skip
def test_machines_are_told_from_people(person: str, machine: bool) -> None:
    assert is_machine(parse_person(person)) is machine


def test_a_tools_mark_beside_a_persons_name_is_heard() -> None:
    assert agent_mark(Person("Ada Example (aider)", "ada@example.org")) == "aider/aider/"
    assert not is_ai(Person("Ada Example (aider)", "ada@example.org"))
    assert Says.DECLARES in {
        item.says for item in evidence(patch_body(f"Text.\n\nSigned-off-by: Ada Example (Kiro) <ada@example.org>\n{SOB}"))
    }
    assert "AI016" in codes(
        mail(patch_body("Fix it.\n\n"), sender='"Ada Example (aider)" <ada@example.org>', date="Mon, 05 Oct 2026 09:00:00 +0000"),
        pack=load_pack("jupyterhub"),
    )


def test_a_tools_review_is_no_persons_word() -> None:
    text = f"Text.\n\nReviewed-by: Claude <noreply@anthropic.com>\n{SOB}"
    assert "AI008" in codes(mail(patch_body(text), date="Mon, 05 Oct 2026 09:00:00 +0000"), pack=load_pack("linux-kernel"))


def test_a_roster_says_who_is_a_machine() -> None:
    roster = read_people("", '[[area]]\nname = "ci"\npeople = ["Kettle Check <ci@example.org>"]\nmachine = true\n')
    assert roster.is_machine(Person("Kettle Check", "ci@example.org"))
    assert not roster.is_machine(Person("Ada Example", "ada@example.org"))
    with pytest.raises(ConfigError, match="true or false"):
        read_people("", '[[area]]\nname = "ci"\npeople = ["K <k@example.org>"]\nmachine = "yes"\n')


def test_the_users_own_tools_extend_the_table() -> None:
    try:
        extend(
            [{"tool": "spoonbot", "vendor": "example", "names": ["Spoonbot"], "models": ["spoon"]}, {"tool": "claude", "words": ["clawd"]}]
        )
        (found,) = evidence(patch_body(f"Written by Spoonbot.\n\n{SOB}"))
        assert found.tools == ("example/spoonbot/",)
        assert tools_in("Clawd") == ("anthropic/claude/",)
        with pytest.raises(ConfigError, match="unknown key 'nmaes'"):
            extend([{"tool": "x", "nmaes": ["x"]}])
    finally:
        extend([])
    assert evidence(patch_body(f"Written by Spoonbot.\n\n{SOB}")) == ()
    assert "spoonbot" not in {tool.tool for tool in tools()}


def test_config_toml_names_tools_of_ones_own(run: Run, isolated: object) -> None:
    from pathlib import Path

    home = Path(str(isolated)) / "triage"
    home.mkdir()
    (home / "config.toml").write_text('[tools.spoonbot]\nvendor = "example"\nnames = ["spoonbot"]\n', "utf-8")
    Path("one.mbox").write_bytes(
        b"From x Thu Jan  1 00:00:00 1970\n" + mail(patch_body(f"Written by Spoonbot.\n\n{SOB}"), date="Mon, 05 Oct 2026 09:00:00 +0000")
    )
    try:
        assert "example/spoonbot" in run("check", "one.mbox", "--policy", "gentoo").out
        (home / "config.toml").write_text("[tools.spoonbot]\nnames = 3\n", "utf-8")
        assert "is no list of texts" in run("check", "one.mbox", "--policy", "gentoo").err
    finally:
        extend([])


def test_show_says_why_each_word_of_ai_was_taken_or_not(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body(f"Written by Claude Code.\n\nThe cursor is `claude`'s. Patches made by AI tools are many.\n\n{SOB}")))
    add_list(config, "widgets", (str(inbox.path),), "qemu", "")
    ingest(config, load_lists(config.paths))
    out = run("show", "a@example.org", "--statements").out
    assert "line 1: declares, generate, anthropic/claude" in out
    assert "because: Written by Claude Code" in out
    assert "line 3: discusses" in out
    assert "in the diff" not in out
    taken = [json.loads(line)["taken"] for line in run("show", "a@example.org", "--statements", "--json").out.splitlines()]
    assert True in taken
