# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of a period: which series, what is counted, whether a report still holds, and how people are taken out of it."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacks.test_opinion import DEMANDING
from tests.conftest import DIFF, SOB, Inbox, Run, mail, patch_body
from triage.commands.reports import report as report_command
from triage.config import Config
from triage.ingest.rebuild import rebuild
from triage.ingest.summary import RunOptions
from triage.model.errors import UsageError
from triage.policy.areas import Areas
from triage.policy.people import read_people
from triage.report.make import make_report, verify_report
from triage.report.request import FORMS, Request, parse_as_of, period_span, read_line
from triage.report.statistics import figures

SIGNED = """
[[rule]]
id = "sign"
kind = "trailer"
op = "require"
key = "Signed-off-by"
severity = "error"
"""
SCHEMAS = Path(__file__).parents[2] / "triage" / "schemas"


def as_person(home: Path, name: str) -> None:
    (home / "gitconfig").write_text(f"[user]\n\tname = {name.title()} Example\n\temail = {name}@example.org\n")


def report_of(config: Config, **words: Any) -> Any:
    return json.loads(make_report(config, Request(form="json", **words)))


@pytest.fixture
def judged(config: Config, inbox: Inbox, run: Run, isolated: Path) -> Config:
    """Four series over two months: one agreed, one disputed, one asked about, one dismissed."""
    config.paths.policies.mkdir(parents=True)
    (config.paths.policies / "demanding.toml").write_text(DEMANDING + SIGNED)
    for number, day in enumerate(("02 Mar", "09 Mar", "06 Apr", "13 Apr"), 1):
        inbox.since = 1772442000 + (0, 7, 35, 42)[number - 1] * 86400
        signed = "" if number == 4 else f"\n{SOB}"
        for n in (1, 2):
            inbox.add(mail(
                patch_body(f"Step {n}.\n{signed}", diff=DIFF.replace("widget.c", f"w{number}{n}.c")), key=f"s{number}-{n}",
                subject=f"[PATCH {n}/{2 + (number == 3)}] part {number}: step {n}", date=f"{day} 2026 09:0{n}:00 +0000",
                **({"In_Reply_To": f"<s{number}-1@example.org>"} if n > 1 else {}),
            ))  # fmt: skip
    assert run("add", "widgets", str(inbox.path), "--policy", "demanding", "--url", "https://lists.example.org/w").code == 0
    assert run("ingest").code == 0
    for name, words in (
        ("cora", ("give", "s1-1@example.org", "agree", "--finding", "AI012", "-m", "Looked, says Cora.")),
        ("cora", ("give", "s2-1@example.org", "agree", "--finding", "AI012", "-m", "Fine.")),
        ("dan", ("give", "s2-1@example.org", "disagree", "--finding", "AI012", "-m", "Not at all.")),
        ("dan", ("ask", "s3-1@example.org", "eva@example.org", "-m", "What do you think?")),
        ("dan", ("give", "s4-1@example.org", "dismiss", "--finding", "DCO001", "-m", "Signed elsewhere.")),
    ):
        as_person(isolated, name)
        told = run("opinion", *words)
        assert told.code == 0, told.err
    return config


def test_the_numbers_are_those_of_the_records(judged: Config) -> None:
    told = report_of(judged)["figures"]
    assert told["intake"] == {
        "series": 4, "topics": 4, "rerolls": 0, "resends": 0, "rfc": 0, "superseded": 0, "authors": 1, "incomplete": 1, "patches": 8,
        "signed": 6, "signed_by_author": 6, "declaring_ai": 0, "flagged": 3,
        "current_patches": 8, "unreviewed": 8,
    }  # fmt: skip
    second = told["second_opinions"]
    assert (second["demanded"], second["met"], second["open"], second["series_with_opinion"]) == (4, 1, 3, 2)
    assert sum(row["series"] for row in second["waits"]) == 2
    assert [(row["series"], {o["kind"] for o in row["opinions"]}) for row in told["disagreements"]] == [
        ("s2-1@example.org", {"agree", "disagree"})
    ]
    assert told["exceptions"] == []
    assert [(row["series"][:2], [one["code"] for one in row["codes"]]) for row in told["open"]] == [
        ("s2", ["AI012"]),
        ("s3", ["AI012"]),
        ("s4", ["AI012", "DCO001"]),
    ]
    assert {row["code"]: (row["open"], row["decided"], row["passed"]) for row in told["codes"] if row["code"] != "POL002"} == {
        "AI012": (3, 1, 0),
        "DCO001": (1, 1, 0),
    }
    assert [(row["kind"], row["code"], row["reason"]) for row in told["decisions"]] == [("dismiss", "DCO001", "Signed elsewhere.")]
    waiting = [(row["series"][:2], row["what"].split(" ")[0]) for row in told["pending"]]
    assert sorted(waiting) == [("s2", "AI012"), ("s3", "AI012"), ("s3", "asked"), ("s4", "AI012")]
    assert [row["received"] for row in told["incomplete"]] == [2]
    assert [(row["name"], row["series"], row["signed"]) for row in told["lists"]] == [("widgets", 4, 6)]


def test_records_are_counted_once_and_questions_apart(judged: Config, inbox: Inbox, run: Run, isolated: Path) -> None:
    """A version that carries opinions over, remarks on lines, opinions on single patches, a decision that is no second opinion."""
    for n in (1, 2):
        inbox.since = 1772442000 + 60 * 86400
        inbox.add(mail(
            patch_body(f"Step {n}.\n\n{SOB}", diff=DIFF.replace("widget.c", f"w1{n}.c").replace("@@ -1,3 +1,3 @@", "@@ -41,3 +41,3 @@")), key=f"t1-{n}",
            subject=f"[PATCH v2 {n}/2] part 1: step {n}", date=f"01 May 2026 09:0{n}:00 +0000", **({"In_Reply_To": "<t1-1@example.org>"} if n > 1 else {}),
        ))  # fmt: skip
    run("ingest")
    as_person(isolated, "cora")
    for words in (("s3-1@example.org", "agree", "--line", "3", "-m", "Nice line."), ("s3-2@example.org", "agree", "-m", "Good patch."),
                  ("s3-1@example.org", "disagree", "-m", "Not as a whole."), ("s4-1@example.org", "confirm", "--finding", "AI012", "-m", "Needed.")):  # fmt: skip
        assert run("opinion", "give", *words).code == 0
    told = report_of(judged)
    state = {row["series"][:4]: row for row in told["series"]}
    assert state["t1-1"]["previous"] == "s1-1@example.org"
    carried = [o["state"] for o in state["t1-1"]["opinion_list"]]
    assert carried == ["carried"]
    assert told["totals"]["opinions"] == 6
    assert told["totals"]["decisions"] == 2
    assert sorted(row["reason"] for row in told["figures"]["decisions"]) == ["Needed.", "Signed elsewhere."]
    assert told["figures"]["second_opinions"]["demanded"] == 4  # the replaced version's no more
    assert [row["series"][:2] for row in told["figures"]["disagreements"]] == ["s2"]
    assert "s4" in {row["series"][:2] for row in told["figures"]["pending"] if "AI012" in row["what"]}
    text = make_report(judged, Request(form="md"))
    assert "on line 3 of" in text
    assert "on the patch ` s3-2@example.org `" in text


def test_of_a_cross_post_a_list_tells_what_its_own_policy_says(judged: Config, inbox: Inbox, tmp_path: Path, run: Run) -> None:
    other = Inbox(tmp_path / "other", since=inbox.since)
    other.add(
        mail(
            patch_body("Step 1.\n", diff=DIFF.replace("widget.c", "w41.c")),
            key="s4-1",
            subject="[PATCH 1/2] part 4: step 1",
            date="13 Apr 2026 09:01:00 +0000",
        )
    )
    assert run("add", "gadgets", str(other.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    told = report_of(judged, lists=("gadgets",))
    assert {item["pack"] for row in told["series"] for item in row["finding_list"]} == {"linux-kernel"}
    assert [row["pack"] for row in told["provenance"]["packs"]] == ["linux-kernel"]
    assert [row["read"] for row in told["provenance"]["lists"]] == [1]
    flagged = {row["name"]: row["flagged"] for row in report_of(judged)["figures"]["lists"]}
    assert flagged == {"widgets": 3, "gadgets": 1}


def test_a_policy_in_a_file_is_named_without_its_path(config: Config, inbox: Inbox, run: Run, tmp_path: Path) -> None:
    (tmp_path / "demanding.toml").write_text(DEMANDING + SIGNED)
    inbox.add(mail(patch_body()))
    assert run("add", "w", str(inbox.path), "--policy", str(tmp_path / "demanding.toml")).code == 0
    run("ingest")
    for form in ("md", "html", "json", "csv", "digest"):
        assert str(tmp_path) not in make_report(config, Request(form=form))
    told = report_of(config)
    assert told["provenance"]["packs"][0]["pack"] == told["lists"][0]["policy"] == "demanding"


def test_a_mail_with_an_odd_id_stops_no_drafts(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(
        mail(patch_body("Unsigned.\n")),
        mail(patch_body("Unsigned too.\n", diff=DIFF.replace("widget", "other")), key="b", subject="[PATCH] other: fix").replace(
            b"<b@example.org>", b"<b@example.org"
        ),
    )
    assert run("add", "w", str(inbox.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    assert make_report(config, Request(form="mbox")).count("From mboxrd@z") == 2


def test_a_mail_of_another_century_does_not_stretch_the_picture(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body()), mail(patch_body(diff=DIFF.replace("widget", "other")), key="b", date="Mon, 02 Mar 1981 09:00:00 +0000"))
    assert run("add", "w", str(inbox.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    told = report_of(config)["figures"]["intervals"]
    assert told["unit"] == "year"
    assert len(told["rows"]) < 60


def test_a_period_has_the_series_of_its_days_and_no_other(judged: Config) -> None:
    march = report_of(judged, period="2026-03")
    assert [row["series"][:2] for row in march["series"]] == ["s1", "s2"]
    assert march["span"] == {"period": "2026-03", "since": "2026-03-01", "until": "2026-03-31"}
    assert report_of(judged, since="2026-04-06", until="2026-04-06")["totals"]["series"] == 1
    assert report_of(judged, period="2026-Q2", until="2026-04-12")["totals"]["series"] == 1
    assert report_of(judged, as_of=parse_as_of("2026-03-05"))["totals"]["series"] == 1
    assert report_of(judged, lists=("widgets",))["totals"]["series"] == 4


def test_ages_count_to_the_time_that_the_report_is_as_of(judged: Config) -> None:
    ages = {
        row["series"][:2]: row["days"]
        for row in report_of(judged, as_of=parse_as_of("2026-04-30"))["figures"]["pending"]
        if "AI012" in row["what"]
    }
    assert ages == {"s2": 52, "s3": 24, "s4": 17}


def test_the_json_is_as_its_schema_says(judged: Config, demo_home: Path) -> None:
    schema = json.loads((SCHEMAS / "report.json").read_text())
    jsonschema.validate(report_of(judged), schema)
    jsonschema.validate(report_of(judged, redact=True, period="2026"), schema)


def test_every_figure_counts_the_series_that_the_report_shows(demo: Config) -> None:
    told = report_of(demo, limit="not id:nobody@example.org")
    assert figures(told["series"], [(row["name"], row["policy"]) for row in told["lists"]], parse_as_of(told["as_of"])) == told["figures"]


def test_intake_equals_what_git_and_the_email_library_count(demo: Config) -> None:
    """Mails straight from the archive, what `git mailinfo` keeps of each: none of our code but the list of series."""
    with closing(sqlite3.connect(demo.paths.index)) as connection:
        places = connection.execute(
            "select a.path, e.blob from message m join entry e on e.message = m.id and e.outcome = 'parsed' join archive a on a.id = e.archive"
            " where m.kind in ('patch', 'reply-patch') and m.series is not null"
        ).fetchall()
        per_month = dict(connection.execute("select strftime('%Y-%m', posted, 'unixepoch'), count(*) from series group by 1").fetchall())
    signed = 0
    for path, blob in places:
        content = subprocess.run(["git", f"--git-dir={path}/git/0.git", "cat-file", "blob", blob], capture_output=True, check=True).stdout
        assert message_from_bytes(content, policy=policy.compat32)["Subject"]
        kept = subprocess.run(["git", "mailinfo", "msg", "patch"], input=content, capture_output=True, check=True) and Path(
            "msg"
        ).read_text("utf-8", "replace")
        signed += bool(re.search(r"^[ \t]*signed-off-by[ \t]*:", kept, re.MULTILINE | re.IGNORECASE))
    told = report_of(demo)["figures"]
    assert told["intake"]["patches"] == len(places)
    assert told["intake"]["signed"] == signed
    for month, count in per_month.items():
        assert report_of(demo, period=month)["totals"]["series"] == count


def test_areas_of_a_roster_are_counted(config: Config, judged: Config, isolated: Path) -> None:
    roster = isolated / "MAINTAINERS"
    roster.write_text(
        "FIRST PARTS\nM:\tCora Example <cora@example.org>\nF:\tw1*.c\nF:\tw2*.c\n\nTHE REST\nM:\tX <x@example.org>\nF:\t*\nF:\t*/\n"
    )
    judged.paths.data.mkdir(exist_ok=True)
    (judged.paths.data / "config.toml").write_text(f'[projects.demanding]\nroster = "{roster}"\n')
    from triage.config import load_config

    told = report_of(load_config())["figures"]["areas"]
    assert [(row["name"], row["series"]) for row in told] == [("FIRST PARTS", 2)]


def test_thousands_of_areas_are_found_by_folder() -> None:
    text = "".join(f"PART {n}\nM:\tX <x@example.org>\nF:\tdrivers/d{n}/\nX:\tdrivers/d{n}/old/\n\n" for n in range(3000))
    areas = Areas(read_people("", text).areas)
    assert areas.of(["drivers/d7/a/b.c", "drivers/d8/old/x.c", "README"]) == {"PART 7"}
    assert Areas(()).of(["README"]) == set()


# holding a year later ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [form for form in FORMS if form != "mbox"])
@pytest.mark.parametrize(
    "words", [{}, {"period": "2026-03"}, {"limit": "rule:DCO001 -from:\"Nobody | 'x' `y`\"", "lists": ("widgets",)}, {"redact": True}]
)
def test_a_report_holds_until_somebody_says_more(judged: Config, run: Run, form: str, words: dict[str, Any], tmp_path: Path) -> None:
    text = make_report(judged, Request(form=form, **words))
    assert verify_report(judged, text).same_bytes
    file = tmp_path / "r"
    file.write_bytes(text.encode())
    assert run("report-verify", str(file)).out == "holds: rebuilt, it is the same to the byte\n"
    for key in ("s1-1", "s4-1"):
        assert run("opinion", "give", f"{key}@example.org", "unsure", "--finding", "AI012", "-m", "Hm, on second thought.").code == 0
    verdict = verify_report(judged, text)
    assert not verdict.same_bytes
    if form == "digest":
        assert verdict.holds  # an unsure opinion changes nothing that waits
        assert verdict.rests
        return
    assert not verdict.holds
    assert any("on second thought" in change.now for change in verdict.says)
    told = run("report-verify", str(file))
    assert (told.code, told.out.split("\n")[0]) == (1, "no longer holds: the report differs from the current data")
    assert "refs/opinions/" in told.out or "opinions" in told.out
    answer = json.loads(run("report-verify", str(file), "--json").out)
    jsonschema.validate(answer, json.loads((SCHEMAS / "report-verify.json").read_text()))


@pytest.mark.parametrize("form", [form for form in FORMS if form != "mbox"])
def test_a_report_holds_when_only_what_it_rests_on_has_grown(judged: Config, inbox: Inbox, run: Run, form: str) -> None:
    text = make_report(judged, Request(form=form, period="2026-Q1"))
    inbox.add(
        mail(
            patch_body(diff=DIFF.replace("widget.c", "later.c")),
            key="later",
            subject="[PATCH] later",
            date="Mon, 01 Jun 2026 09:00:00 +0000",
        )
    )
    run("ingest")
    verdict = verify_report(judged, text)
    assert verdict.holds
    assert verdict.rests


@pytest.mark.parametrize("form", ["md", "html", "json", "csv"])
def test_a_changed_file_does_not_hold(judged: Config, form: str) -> None:
    text = make_report(judged, Request(form=form))
    changed = text.replace("Signed elsewhere.", "Signed by me.")
    assert changed != text
    verdict = verify_report(judged, changed)
    assert not verdict.holds
    assert any("Signed by me." in change.was for change in verdict.says)


@pytest.mark.parametrize(("form", "forge"), [
    ("md", lambda text: text + "\n## Correction\n\nAll of this was waived.\n"),
    ("md", lambda text: swapped(text, "as part 1", "as part 2")),
    ("md", lambda text: text.replace("## Series", "\n## Series")),
    ("md", lambda text: text.replace("- policy demanding for widgets", "- policy demanding, all waived, for widgets")),
    ("html", lambda text: text.replace("</body>", "<h2>Correction</h2><p>All waived.</p></body>")),
    ("html", lambda text: text.replace("</ul>\n</body>", "<li>opinions: all waived</li></ul>\n</body>")),
    ("html", lambda text: text.replace("</style>", ".error { display: none }</style>")),
    ("json", lambda text: text.replace("{", '{"totals": {"opinions": 99},', 1)),
    ("json", lambda text: text.replace('"pack": "demanding"', '"pack": "all waived"')),
    ("csv", lambda text: "\r\n".join([*text.split("\r\n")[:2], *reversed(text.split("\r\n")[2:-1]), ""])),
    ("csv", lambda text: text.replace("policy demanding for", "policy all waived for")),
    ("md", lambda text: "\n".join(line for line in text.split("\n") if not line.startswith("- policy"))),
    ("md", lambda text: text.replace(", 0 not readable", ", 444 not readable")),
    ("json", lambda text: json.dumps(json.loads(text) | {"provenance": json.loads(text)["provenance"] | {"packs": []}}, indent=1, sort_keys=True) + "\n"),
    ("json", lambda text: text.replace('"quarantined": 0', '"quarantined": 7')),
    ("json", lambda text: text.replace('"quarantined": 0', '"extra": 1, "quarantined": 0')),
    ("html", lambda text: text.replace("8 entries", "99 entries")),
    ("digest", lambda text: text.replace("\n-- \n", "\nAll waived.\n-- \n")),
    ("digest", lambda text: text + "All waived.\n"),
])  # fmt: skip
def test_no_forgery_hides_behind_an_archive_that_grew(judged: Config, form: str, forge: Any) -> None:
    text = make_report(judged, Request(form=form))
    forged = forge(text)
    assert forged != text
    assert not verify_report(judged, forged).holds
    moved = re.sub(r'(entries up to[` <code>]*|"tip": ")[0-9a-f]{3}', r"\g<1>000", forged)
    assert moved != forged
    assert not verify_report(judged, moved).holds


def test_a_file_nested_without_end_and_a_cell_without_end_are_compared_or_refused(judged: Config, run: Run, tmp_path: Path) -> None:
    text = make_report(judged, Request(form="json"))
    for deep in (400, 900, 100_000):
        (tmp_path / "f").write_text(text.replace("{", '{"x": ' + "[" * deep + "]" * deep + ",", 1))
        told = run("report-verify", str(tmp_path / "f"))
        assert told.code in {1, 2}
        assert "Traceback" not in told.err
    table = make_report(judged, Request(form="csv"))
    assert not verify_report(judged, table.replace("Signed elsewhere.", "x" * 200_000)).holds


def swapped(text: str, one: str, other: str) -> str:
    lines = text.split("\n")
    at = [number for number, line in enumerate(lines) if line.startswith("### ")][:2]
    lines[at[0]], lines[at[1]] = lines[at[1]], lines[at[0]]
    return "\n".join(lines)


@pytest.mark.parametrize("form", ["md", "html", "json", "csv", "digest"])
def test_a_report_that_mail_or_git_carried_still_holds(judged: Config, form: str) -> None:
    text = make_report(judged, Request(form=form))
    for carried in ("\ufeff" + text, text.replace("\r\n", "\n").replace("\n", "\r\n"), text.replace("\r\n", "\n")):
        assert verify_report(judged, carried).holds


def test_json_is_a_series_a_line_and_holds_as_it_was_written_before(judged: Config) -> None:
    text = make_report(judged, Request(form="json"))
    told = json.loads(text)
    assert [json.loads(line.rstrip(",")) for line in text.splitlines() if line.startswith("{") and len(line) > 1] == told["series"]
    assert verify_report(judged, json.dumps(told, indent=1, sort_keys=True) + "\n").holds
    assert not verify_report(judged, json.dumps(told, sort_keys=True) + "\n").holds
    assert not verify_report(judged, text.replace('"series": [', '"series": [], "series": [', 1)).holds


def test_pseudonyms_are_checked_with_their_own_key_or_not_at_all(judged: Config) -> None:
    text = make_report(judged, Request(form="md", redact=True))
    key = judged.paths.data / "redact.key"
    kept = key.read_text()
    key.unlink()
    with pytest.raises(UsageError, match="key is not here"):
        verify_report(judged, text)
    assert not key.exists()
    key.write_text("ab" * 32)
    with pytest.raises(UsageError, match="another key"):
        verify_report(judged, text)
    key.write_text(kept)
    assert verify_report(judged, text).same_bytes


@pytest.mark.parametrize("text", ["", "{", "{}", '{"provenance": {"command": 3}}', "# Review report\n", "<!DOCTYPE html>", '"list","series",\n', "\x00",
                                  "- made by ` triage report --format exe `; x", "- made by ` triage report --format md --period never `; x",
                                  "- made by ` rm -rf / `; x", "- made by ` triage report 'unclosed `; x", "made by: triage report --as-of now --format digest",
                                  "- made by ` triage report --format mbox `; x", "- made by ` triage report --format html `; x",
                                  "- made by ` triage report --redact --format md '%22abc' `; x",
                                  "- made by ` triage report --format md from:%ED%B0%80 `; x"])  # fmt: skip
def test_what_is_no_report_is_refused_in_one_sentence(config: Config, run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "f").write_text(text)
    told = run("report-verify", str(tmp_path / "f"))
    assert told.code == 2
    assert told.out == ""
    assert told.err.startswith("triage: ")
    assert told.err.count("\n") <= 2


def test_the_same_bytes_from_another_folder_order_of_work_and_surroundings(judged: Config, inbox: Inbox, run: Run, tmp_path: Path) -> None:
    first = {form: make_report(judged, Request(form=form)) for form in FORMS}
    rebuild(judged, RunOptions(workers=2))
    assert {form: make_report(judged, Request(form=form)) for form in FORMS} == first
    for surroundings in (
        {"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/New_York", "LANG": "C.UTF-8", "PYTHONHASHSEED": "77"},
    ):
        for form in FORMS:
            done = subprocess.run(
                [sys.executable, "-m", "triage", "report", "--format", form], capture_output=True, check=True, env=os.environ | surroundings
            )
            assert done.stdout.decode() == first[form], form


# people taken out -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["md", "html", "json", "csv", "digest"])
def test_redaction_leaves_nobody_in(judged: Config, form: str) -> None:
    text = make_report(judged, Request(form=form, redact=True))
    assert "PATCH" in text or form == "digest"
    for word in ("example", "ada", "cora", "dan", "eva", "s1-1", "maintainers"):
        assert not re.search(rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])", text, re.IGNORECASE), word
    assert "redacted.invalid" in text or form == "digest"


ODD = (
    ("CAHk-=wiBJ123abc@mail.example", "Linus Odd <linus@x.example>", ""), ("a1", '"Odd, Adalbert" <first/second@x.example>', "Adalbert thinks so."),
    ("a2", "Conan Odd <conan.o'brienx@x.example>", "Acked-by: Quentin Noaddress\n"), ("a3", "Root Adminx <rootadminx>", "Says Adminx. See #include <linux/export.h>."),
    ("a4", "report <report@x.example>", "This report."), ("a5", "Triage Two <triage@x.example>", "Cc: <mall at x.example>\n"),
    ("noatsignsecretbob", "2026 <year@x.example>", "Suggested-by: \u00c9mile \u017bola <\u00e9@x.example>\n"),
)  # fmt: skip


@pytest.mark.parametrize("form", ["md", "html", "json", "csv", "digest"])
def test_odd_people_are_taken_out_too_and_the_report_still_stands(config: Config, inbox: Inbox, run: Run, form: str) -> None:
    for number, (key, sender, said) in enumerate(ODD):
        body = patch_body(f"{said}\nCo-developed-by: {sender}\nAssisted-by: Claude\n", diff=DIFF.replace("widget.c", f"o{number}.c"))
        content = mail(body, key="KEY", subject=f"[PATCH] odd {number}", sender=sender)
        inbox.add(content.replace(b"<KEY@example.org>", f"<{key if '@' in key or len(key) > 2 else key + '@x.example'}>".encode()))
    assert run("add", "w", str(inbox.path), "--policy", "linux-kernel").code == 0
    run("ingest")
    text = make_report(config, Request(form=form, redact=True, period="2026"))
    for word in (
        "x.example",
        "cahk",
        "brienx",
        "first/second",
        "adalbert",
        "quentin",
        "noaddress",
        "adminx",
        "secretbob",
        "mall at",
        "linus",
        "\u00e9mile",
        "\u017bola",
    ):
        assert word not in text.casefold(), word
    assert verify_report(config, text).same_bytes
    assert "Review report 2026" in text or form in {"csv", "digest"}
    assert "Assisted-by: Claude" in text or form == "digest"
    assert "[PATCH] odd 3" in text.replace("\\", "") or form == "digest"


def test_one_person_has_one_pseudonym_in_every_report_of_one_key(judged: Config) -> None:
    def people(**words: Any) -> dict[str, str]:
        told = report_of(judged, redact=True, **words)
        return {row["author"]["email"]: row["author"]["name"] for row in told["series"]}

    march, april = people(period="2026-03"), people(period="2026-04")
    assert march == april
    assert len(march) == 1
    key = judged.paths.data / "redact.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    assert people(period="2026-03") != march


def test_what_cannot_be_redacted_is_refused(judged: Config, run: Run) -> None:
    for words in (["--format", "mbox"], ["from:ada"], ["Example"], ["by:dan"], ['"ada: x"'], ["Ada:"], ["http:ada"], ["(from:ada)"]):
        told = run("report", "--redact", *words)
        assert (told.code, told.out) == (2, ""), words
    told = run("report", "--redact", "from:ada@example.org")
    assert "ada@" not in told.out
    with pytest.raises(UsageError, match="does not tell"):
        verify_report(judged, told.out)


# what can be asked for ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "first", "after"), [
    ("2026", "2026-01-01", "2027-01-01"), ("2026-q4", "2026-10-01", "2027-01-01"), ("2026-H2", "2026-07-01", "2027-01-01"),
    ("2024-02", "2024-02-01", "2024-03-01"), ("2026-W01", "2025-12-29", "2026-01-05"), ("2026-12", "2026-12-01", "2027-01-01"),
])  # fmt: skip
def test_a_period_has_its_first_and_its_last_day(text: str, first: str, after: str) -> None:
    assert [datetime.fromtimestamp(at, UTC).isoformat()[:10] for at in period_span(text)] == [first, after]


@pytest.mark.parametrize("words", [["--period", "2026-Q5"], ["--period", "2026-W54"], ["--period", "0000"], ["--since", "yesterday"],
                                   ["--until", "2026-02-30"], ["--as-of", "noon"], ["--since", "2026-05-02", "--until", "2026-05-01"],
                                   ["--list", "nolist"], ["state:new"], ["--period", "2026-13"], ["nosuch:word"], ["--period", "2026-00"],
                                   ["--period", "2026-W00"], ["--as-of", "0001-01-01"], ["--redact", 'subject "abc'], ["id:\udcff"], ["x" * 5000],
                                   ["--redact", "from:@example.org"], ["--redact", "bo@"]])  # fmt: skip
def test_what_cannot_be_asked_is_said_in_one_sentence(run: Run, words: list[str]) -> None:
    told = run("report", *words)
    assert (told.code, told.out) == (2, "")
    assert told.err.count("\n") == 1


@given(st.builds(
    Request, limit=st.text().filter(lambda text: not text.startswith("-")), lists=st.lists(st.text(min_size=1)).map(tuple), redact=st.booleans(),
    period=st.sampled_from(["", "2026-Q2"]), since=st.sampled_from(["", "2026-01-02"]), form=st.sampled_from(FORMS),
    as_of=st.sampled_from([0, 1772442000]),
))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_request_comes_back_from_its_line(request_: Request) -> None:
    line = request_.line()
    assert line.isascii()
    assert line.isprintable()
    assert not set(line) & set("<>&`|")
    assert read_line(line) == request_


def test_the_command_line_offers_every_format() -> None:
    """They are named there once more: reading a report's code is nothing that an idle run should pay for."""
    offered = next(option.type for option in report_command.params if option.name == "form")
    assert tuple(getattr(offered, "choices", ())) == FORMS


def test_an_empty_index_has_an_empty_report(run: Run, config: Config) -> None:
    for form in FORMS:
        told = run("report", "--format", form, "--period", "2026-Q2")
        assert (told.code, told.err) == (0, "triage: there is no list yet; `triage add` makes one, `triage demo` shows one\n"), form


def test_csv_has_a_row_a_finding_and_says_what_it_rests_on_once(judged: Config) -> None:
    rows = list(csv.DictReader(io.StringIO(make_report(judged, Request(form="csv", limit="not id:nobody@example.org")))))
    found = [(row["series"][:2], row["code"], row["met"]) for row in rows if row["code"] != "POL002"]
    assert sorted(found) == [
        ("s1", "AI012", "yes"), ("s2", "AI012", "no"), ("s3", "AI012", "no"), ("s4", "AI012", "no"), ("s4", "DCO001", ""), ("s4", "DCO001", ""),
    ]  # fmt: skip
    assert [bool(row["made_by"]) for row in rows] == [True] + [False] * (len(rows) - 1)
    assert "policy demanding for widgets sha256" in rows[0]["rests_on"]


def test_the_digest_is_a_mail_that_names_what_waits(judged: Config, isolated: Path) -> None:
    told = message_from_bytes(make_report(judged, Request(form="digest")).encode(), policy=policy.default)
    assert told["Subject"] == "Awaiting a second opinion: 4 on widgets"
    assert told["From"] is None  # the same bytes whoever makes it
    body = told.get_content()
    assert "https://lists.example.org/w/s2-1@example.org/" in body
    assert "asked by Dan Example of eva@example.org" in body
    assert max(len(line) for line in body.split("-- \n")[0].splitlines()) <= 76


def test_the_mbox_holds_a_reply_a_series(judged: Config, run: Run) -> None:
    text = make_report(judged, Request(form="mbox", limit="rule:DCO001"))
    assert text.count("\nIn-Reply-To: ") == 1
    assert text == run("draft", "s4-1@example.org").out


@pytest.mark.parametrize("period", ["", "2026-Q1", "2026-Q2", "2026-H1", "2026-05", "2026"])
def test_what_came_before_and_since_adds_up(period: str, demo: Config, run: Run) -> None:
    text = run("report", "--format", "md", *(("--period", period) if period else ())).out
    told = re.findall(r"^\* \*\*([0-9]+)\*\* [^(\n]*\(([0-9]+) before [0-9-]+, ([0-9]+) since\)", text, re.MULTILINE)
    assert told or period in {"2026-Q1", "2026-05"}
    for whole, before, since in told:
        assert int(whole) == int(before) + int(since)
