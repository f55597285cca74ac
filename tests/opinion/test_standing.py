# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What opinions come to: carried, outdated, excluded, untrusted, met or not, and the same in every view."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import DIFF, Inbox, Run, mail, patch_body
from tests.reviewers import make_key
from triage.config import Config, load_lists
from triage.ingest.pipeline import ingest
from triage.model import Demand, MessageId, Person, Status
from triage.model.errors import UsageError
from triage.model.opinion import FindingRef, Record, RecordTarget
from triage.opinion.give import Said, ask_opinion, give_opinion, withdraw
from triage.opinion.index import refreshed
from triage.opinion.matching import FindingContext, SeriesContext, Standing
from triage.opinion.standing import Outcome, weigh
from triage.policy.context import ProjectContext
from triage.policy.people import Area, People
from triage.store.opinions import unsettled

ADA, BO, CORA, DAN = (Person(f"{n} Example", f"{n.lower()}@example.org") for n in ("Ada", "Bo", "Cora", "Dan"))
T1, T2 = "1" * 64, "2" * 64
PLACE = RecordTarget(message_id="m1@example.org", target=T1, carry="w1", patch_id="p1", n=1, author=ADA, sender=BO)
ITEM = FindingContext(
    id="f1", code="DCO001", pack="pack", rule="rule", target=T1, basis="basis", message_id="m1@example.org", n=1,
)  # fmt: skip
SCENE = SeriesContext((PLACE,), "f" * 64, (ITEM,))


def said(
    who: Person, kind: str, key: str, target: str = T1, about: str = "f1 DCO001 pack/rule@1", signed: str = "good", **fields: str
) -> Record:
    slot = "decision" if kind in {"confirm", "dismiss", "waive"} else f"ask {fields.get('To', '')}" if kind == "ask" else "opinion"
    time = fields.pop("time", "2026-01-01T00:00:00Z")
    return Record(
        id=MessageId(key), commit=f"c{key}", reviewer=who, kind=kind, target=target, finding=FindingRef(about), reason="", time=time,
        target_message=MessageId(fields.pop("on", "m1@example.org")), signed=signed, replaces=fields.pop("replaces", ""), slot=slot,
        fields=fields,
    )  # fmt: skip


def states(outcome: Outcome) -> dict[str, str]:
    return {str(stand.record.id): stand.state.value for stand in outcome.stands}


def test_decisions_give_a_finding_its_status_and_opinions_do_not() -> None:
    assert weigh([said(CORA, "agree", "1")], SCENE).statuses == {"f1": Status.OPEN}
    assert weigh([said(CORA, "confirm", "1")], SCENE).statuses == {"f1": Status.CONFIRMED}
    assert weigh([said(CORA, "confirm", "1"), said(DAN, "dismiss", "2")], SCENE).statuses == {"f1": Status.DISPUTED}
    outcome = weigh([said(CORA, "confirm", "1"), said(CORA, "dismiss", "2")], SCENE)
    assert (outcome.statuses["f1"], states(outcome)) == (Status.DISMISSED, {"1": "replaced", "2": "counts"})


def test_disagreement_is_counted_as_a_split_and_nobody_overrules_another() -> None:
    outcome = weigh([said(CORA, "agree", "1"), said(DAN, "disagree", "2"), said(CORA, "unsure", "3")], SCENE)
    assert (outcome.totals["agree"], outcome.totals["disagree"], outcome.totals["unsure"], outcome.totals["split"]) == (0, 1, 1, 0)
    assert weigh([said(CORA, "agree", "1"), said(DAN, "disagree", "2")], SCENE).totals["split"] == 1


@pytest.mark.parametrize(("who", "why"), [(ADA, "they are the author"), (BO, "they sent it")])
def test_author_and_sender_give_no_opinion_on_their_own_patch(who: Person, why: str) -> None:
    (stand,) = weigh([said(who, "agree", "1")], SCENE).stands
    assert (stand.state, stand.why) == (Standing.EXCLUDED, why)
    (stand,) = weigh([said(who, "waive", "1")], SCENE).stands
    assert stand.state is Standing.EXCLUDED
    assert weigh([said(who, "dismiss", "1")], SCENE).statuses == {"f1": Status.DISMISSED}


def test_an_alias_of_the_author_is_the_author() -> None:
    people = People(by_email={"ada@example.net": ADA})
    (stand,) = weigh([said(Person("A", "ada@example.net"), "agree", "1")], replace(SCENE, voices=(ProjectContext("pack", people),))).stands
    assert stand.state is Standing.EXCLUDED


def demand(**options: object) -> SeriesContext:
    asks = Demand(int(str(options.pop("needs", 1))), str(options.pop("role", "")), **options)  # type: ignore[arg-type]
    return replace(SCENE, items=(replace(ITEM, code="AI012", demand=asks),))


AI = "f1 AI012 pack/rule@1"


def test_a_demanded_second_opinion_is_met_by_standing_agreement_alone() -> None:
    assert weigh([said(CORA, "agree", "1", about=AI)], demand()).statuses == {"f1": Status.MET}
    assert weigh([said(CORA, "agree", "1", about=AI)], demand(needs=2)).statuses == {"f1": Status.OPEN}
    assert weigh([said(CORA, "agree", "1", about=AI), said(DAN, "agree", "2", about=AI)], demand(needs=2)).statuses == {"f1": Status.MET}
    both = [said(CORA, "agree", "1", about=AI), said(DAN, "disagree", "2", about=AI)]
    assert weigh(both, demand()).statuses == {"f1": Status.DISPUTED}


@pytest.mark.parametrize("kind", ["dismiss", "waive"])
def test_a_decision_alone_never_meets_a_demand(kind: str) -> None:
    assert weigh([said(CORA, kind, "1", about=AI)], demand()).statuses == {"f1": Status.OPEN}


def test_who_decided_cannot_give_the_second_opinion() -> None:
    records = [said(CORA, "waive", "1", about=AI), said(CORA, "agree", "2", about=AI, time="2026-01-02T00:00:00Z")]
    outcome = weigh(records, demand())
    assert outcome.statuses == {"f1": Status.OPEN}
    assert [s.why for s in outcome.stands if s.state is Standing.EXCLUDED] == ["they decided on it"]
    assert weigh([*records, said(DAN, "agree", "3", about=AI)], demand()).statuses == {"f1": Status.MET}


def test_who_granted_the_exception_and_who_asked_cannot_give_it() -> None:
    assert weigh([said(CORA, "agree", "1", about=AI)], demand(not_by=("CORA@example.org",))).statuses == {"f1": Status.OPEN}
    records = [said(CORA, "ask", "1", about=AI, To="dan@example.org"), said(CORA, "agree", "2", about=AI)]
    assert weigh(records, demand(distinct_from=("requester",))).statuses == {"f1": Status.OPEN}
    assert weigh(records, demand()).statuses == {"f1": Status.MET}


def test_who_lacks_the_role_cannot_give_it_and_a_maintainer_is_a_reviewer() -> None:
    people = People(areas=(Area("widgets", "maintainer", (CORA,), (), ()),))
    for role, met in (("maintainer", True), ("reviewer", True), ("council", False)):
        outcome = weigh([said(CORA, "agree", "1", about=AI)], replace(demand(role=role), voices=(ProjectContext("pack", people),)))
        assert (outcome.statuses["f1"] is Status.MET) is met
    outcome = weigh([said(DAN, "agree", "1", about=AI)], replace(demand(role="maintainer"), voices=(ProjectContext("pack", people),)))
    assert outcome.stands[0].why == "the project's roster does not name them as maintainer"


def test_two_addresses_of_one_person_are_one_agreement() -> None:
    people = People(by_email={"cora@example.net": CORA})
    records = [said(CORA, "agree", "1", about=AI), said(Person("Cora", "cora@example.net"), "agree", "2", about=AI)]
    assert weigh(records, replace(demand(needs=2), voices=(ProjectContext("pack", people),))).statuses == {"f1": Status.OPEN}


@pytest.mark.parametrize(("signed", "counts"), [("good", True), ("unsigned", False), ("unverified", False), ("bad", False)])
def test_where_the_policy_wants_signatures_only_verified_ones_count(signed: str, counts: bool) -> None:
    outcome = weigh([said(CORA, "agree", "1", signed=signed)], replace(SCENE, voices=(ProjectContext("pack", signed_only=True),)))
    assert outcome.totals["agree"] == counts
    assert outcome.totals["untrusted"] == (not counts)


def test_a_record_that_repeats_an_earlier_id_does_not_count() -> None:
    outcome = weigh([said(CORA, "agree", "1"), said(CORA, "disagree", "1")], SCENE)
    assert (outcome.totals["agree"], outcome.totals["disagree"], outcome.totals["untrusted"]) == (1, 0, 1)


def test_a_request_is_open_until_each_of_those_asked_answered() -> None:
    request = said(DAN, "ask", "1", To="cora@example.org bo@example.org")
    assert states(weigh([request], SCENE)) == {"1": "asked"}
    outcome = weigh([request, said(CORA, "unsure", "2", Answers="1")], SCENE)
    assert [(s.state, s.waiting) for s in outcome.stands if s.record.kind == "ask"] == [(Standing.ASKED, ("bo@example.org",))]
    earlier = said(CORA, "agree", "0", time="2025-12-31T00:00:00Z")
    assert weigh([earlier, replace(request, fields={"To": "cora@example.org"})], SCENE).totals["asked"] == 1
    later = said(CORA, "agree", "2", time="2026-01-02T00:00:00Z")
    assert weigh([replace(request, fields={"To": "cora@example.org"}), later], SCENE).totals["asked"] == 0


# through the whole product -------------------------------------------------------------------------------------------------------------

MOVED = DIFF.replace("@@ -1,3 +1,3 @@", "@@ -41,3 +41,3 @@")
OTHER = DIFF.replace("return 1", "return 2")


def patch(version: int, n: int, diff: str, message: str) -> bytes:
    tag = f"v{version} " if version > 1 else ""
    minute = f"{10 * version + n:02}"
    return mail(
        patch_body(message, diff=diff), key=f"v{version}-{n}", subject=f"[PATCH {tag}{n}/3] widget: step {n}",
        date=f"Mon, 02 Mar 2026 09:{minute}:00 +0000", **({"In_Reply_To": f"<v{version}-1@example.org>"} if n > 1 else {}),
    )  # fmt: skip


@pytest.fixture
def two_versions(config: Config, inbox: Inbox, run: Run, isolated: Path) -> Inbox:
    """v1 of a series of three unsigned patches, with opinions of Cora on each; v2 is in the archive and not taken in yet."""
    inbox.add(*(patch(1, n, DIFF.replace("widget.c", f"w{n}.c"), f"Step {n} is not signed.\n\n") for n in (1, 2, 3)))
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    ingest(config, load_lists(config.paths))
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    for n, kind in ((1, "waive"), (2, "dismiss"), (3, "confirm")):
        give_opinion(config, f"v1-{n}@example.org", kind, "DCO001", f"on {n}")
        give_opinion(config, f"v1-{n}@example.org", "agree" if n < 3 else "disagree", "DCO001", f"said {n}")
    give_opinion(config, "v1-2@example.org", "unsure", "", "the patch itself")
    inbox.add(
        patch(2, 1, MOVED.replace("widget.c", "w1.c"), "Step 1 is not signed.\n\n"),
        patch(2, 2, OTHER.replace("widget.c", "w2.c"), "Step 2 is not signed.\n\n"),
        patch(2, 3, MOVED.replace("widget.c", "w3.c"), "Step 3 says something else.\n\n"),
    )
    return inbox


def series_of(run: Run, key: str) -> dict[str, object]:
    rows = [json.loads(line) for line in run("list", f"id:{key}", "--json").out.splitlines()]
    return dict(rows[0])


def test_unchanged_patches_carry_and_changed_ones_are_outdated_in_every_view(two_versions: Inbox, config: Config, run: Run) -> None:
    ingest(config, load_lists(config.paths))
    opinions = {"agree": 1, "disagree": 0, "unsure": 0, "carried": 2, "outdated": 5, "untrusted": 0, "excluded": 0, "split": 0, "asked": 0}
    listed = series_of(run, "v2-1@example.org")
    assert (listed["version"], listed["opinions"]) == (2, opinions)
    findings = [json.loads(line) for line in run("findings", "id:v2-1@example.org", "--json").out.splitlines()]
    missing = {item["n"]: item for item in findings if item["code"] == "DCO001"}
    assert {n: item["status"] for n, item in missing.items()} == {1: "waived", 2: "open", 3: "open"}
    assert {n: {o["kind"]: o["state"] for o in item["opinions"]} for n, item in missing.items()} == {
        1: {"waive": "carried", "agree": "carried"}, 2: {"dismiss": "outdated", "agree": "outdated"},
        3: {"confirm": "outdated", "disagree": "outdated"},
    }  # fmt: skip
    report = json.loads(run("report", "id:v2-1@example.org", "--format", "json").out)
    (row,) = report["series"]
    assert row["opinions"] == opinions
    assert sorted((o["kind"], o["state"]) for o in row["opinion_list"]) == [
        ("agree", "carried"), ("agree", "outdated"), ("confirm", "outdated"), ("disagree", "outdated"), ("dismiss", "outdated"),
        ("unsure", "outdated"), ("waive", "carried"),
    ]  # fmt: skip
    assert {f["n"]: f["status"] for f in row["finding_list"] if f["code"] == "DCO001"} == {1: "waived", 2: "open", 3: "open"}
    shown = screen_text(config)
    assert "waive by Cora Example, unsigned, carried" in shown
    assert "dismiss by Cora Example, unsigned, outdated" in shown
    assert series_of(run, "v1-1@example.org")["opinions"]["outdated"] == 0  # type: ignore[index]


def screen_text(config: Config) -> str:
    """Return what the series screen shows of all mails of v2."""
    from tui.app import TriageApp
    from tui.screens.inbox import InboxScreen
    from tui.screens.series import SeriesScreen

    async def drive() -> str:
        app = TriageApp(config)
        lines: list[str] = []
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, InboxScreen)
            listing = app.screen.target()
            wanted = next(key for key in listing.keys if app.session.lines([key])[key].message_id == "v2-1@example.org")
            listing.cursor = listing.keys.index(wanted)
            await pilot.press("enter")
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, SeriesScreen)
            await pilot.press("left_square_bracket", "left_square_bracket")
            await pilot.pause()
            for _ in range(3):
                lines += [line.text for line in screen.target().lines]
                await pilot.press("right_square_bracket")
                await pilot.pause()
        return " ".join(" ".join(lines).replace("   | ", " ").split())

    return asyncio.run(drive())


def test_an_opinion_on_the_new_version_replaces_the_carried_one(two_versions: Inbox, config: Config, run: Run) -> None:
    ingest(config, load_lists(config.paths))
    give_opinion(config, "v2-1@example.org", "confirm", "DCO001")
    findings = [json.loads(line) for line in run("findings", "id:v2-1@example.org", "--json").out.splitlines()]
    assert [item["status"] for item in findings if item["n"] == 1 and item["code"] == "DCO001"] == ["confirmed"]


def test_rebuilding_the_index_gives_the_same_standing(two_versions: Inbox, config: Config, run: Run) -> None:
    ingest(config, load_lists(config.paths))
    queries = (
        "select * from opinion order by commit_id", "select * from log_tip order by ref",
        "select s.message_id, t.commit_id, t.finding, t.message_id, t.state, t.why, t.waiting from standing t join series s on s.id = t.series order by 1, 2",
        "select s.message_id, f.id, f.status, f.agree, f.disagree from finding f join series s on s.id = f.series order by 1, 2",
    )  # fmt: skip

    def dump() -> list[object]:
        with closing(refreshed(config)) as connection:
            return [connection.execute(query).fetchall() for query in queries]

    before = dump()
    assert run("db", "rebuild").code == 0
    assert dump() == before
    with closing(refreshed(config)) as connection:
        assert unsettled(connection, 1) == []


def test_withdrawn_opinions_count_no_more_and_stay_in_the_list(two_versions: Inbox, config: Config, run: Run) -> None:
    record = give_opinion(config, "v1-1@example.org", "agree", "", "all of it")
    withdraw(config, record)
    rows = [json.loads(line) for line in run("opinion", "list", "v1-1@example.org", "--json").out.splitlines()]
    assert [(row["kind"], row["state"]) for row in rows if row["id"] == record] == [("agree", "withdrawn")]
    with pytest.raises(UsageError, match="not a record of yours"):
        withdraw(config, "nobody@example.org")


def test_opinions_of_the_author_are_refused_with_the_reason(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(mail(patch_body("Not signed.\n\n")))
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    ingest(config, load_lists(config.paths))
    outcome = run("opinion", "give", "a@example.org", "agree", "--finding", "DCO001")
    assert outcome.code == 2
    assert "would not count: you are the author" in outcome.err


PACK = """
[policy]
id = "strict"
extends = "linux-kernel"
signed_opinions = {signed}
review_disclosure = true
"""


def test_a_pack_may_ask_for_signatures_and_for_disclosure_of_reviewers(config: Config, inbox: Inbox, run: Run, isolated: Path) -> None:
    config.paths.policies.mkdir(parents=True)
    (config.paths.policies / "strict.toml").write_text(PACK.format(signed="true"))
    inbox.add(mail(patch_body("Not signed.\n\n")))
    assert run("add", "widgets", str(inbox.path), "--policy", "strict").code == 0
    ingest(config, load_lists(config.paths))
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    with pytest.raises(UsageError, match="asks reviewers whether a tool helped"):
        give_opinion(config, "a@example.org", "dismiss", "DCO001", "Seen.")
    give_opinion(config, "a@example.org", "dismiss", "DCO001", said=Said("Seen.", ai_assisted="none"))
    assert {o["status"]: o["opinions"][0]["state"] for o in findings_of(run, "a@example.org") if o["code"] == "DCO001"} == {
        "open": "untrusted"
    }
    key = make_key(isolated / "keys", "cora")
    with (isolated / "gitconfig").open("a") as file:
        file.write(f"\tsigningkey = {key}.pub\n[gpg]\n\tformat = ssh\n")
    assert run("opinion", "keys", "add").code == 0
    give_opinion(config, "a@example.org", "dismiss", "DCO001", said=Said("Seen.", ai_assisted="a linter"))
    (item,) = [o for o in findings_of(run, "a@example.org") if o["code"] == "DCO001"]
    assert item["status"] == "dismissed"
    assert [(o["signed"], o["ai_assisted"]) for o in item["opinions"]] == [("good", "a linter")]


def findings_of(run: Run, key: str) -> list[dict[str, object]]:  # type: ignore[type-arg]
    return [json.loads(line) for line in run("findings", f"id:{key}", "--json").out.splitlines()]


def test_requests_come_to_whom_they_ask_and_close_with_the_answer(
    two_versions: Inbox, config: Config, run: Run, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.opinion.give.due_day", lambda text: text)  # as one asked for before that day
    assert (
        run("opinion", "ask", "v1-2@example.org", "dan@example.org", "--finding", "DCO001", "-m", "Is it?", "--due", "2026-03-05").code == 0
    )
    assert "state:asked" not in run("list", "state:asked").out
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    (mine,) = [json.loads(line) for line in run("opinion", "list", "--mine", "--json").out.splitlines()]
    assert (mine["reason"], mine["due"], mine["overdue"], mine["waiting"]) == ("Is it?", "2026-03-05", True, ["dan@example.org"])
    assert "v1-1@example.org" in run("list", "state:asked").out
    assert run("opinion", "give", "v1-2@example.org", "unsure", "--finding", "DCO001").code == 0
    assert run("opinion", "list", "--mine").out == ""
    rows = [json.loads(line) for line in run("opinion", "list", "v1-1@example.org", "--json").out.splitlines()]
    (request,) = [row for row in rows if row["kind"] == "ask"]
    assert request["state"] == "answered"
    assert [row["answers"] for row in rows if row["reviewer"]["email"] == "dan@example.org"] == [request["id"]]


def test_an_overdue_request_brings_the_series_back_to_who_asked(two_versions: Inbox, config: Config, run: Run) -> None:
    from triage.model import State
    from tui.session import Session

    session = Session(config)
    series = "v1-1@example.org"
    session.mark(series, State.DONE)
    ask_opinion(config, "v1-1@example.org", ("dan@example.org",), "Is it?", due="9d")
    assert session.line(series).state is State.DONE
    with closing(refreshed(config)) as connection:
        from triage.store.turns import turns

        later = turns(connection, "cora@example.org", 4_000_000_000)
    number = session.series_of(series)
    assert number is not None
    assert later[number].overdue is not None
    assert later[number].mine is False


def test_a_request_is_for_a_day_to_come(two_versions: Inbox, run: Run) -> None:
    asked = run("opinion", "ask", "v1-2@example.org", "dan@example.org", "-m", "Is it?", "--due", "2026-03-05")
    assert asked.code == 2
    assert "past" in asked.err


@pytest.mark.parametrize(("words", "says"), [
    (("v1-1@example.org", "dan", "-m", "x"), "not an address"), (("v1-1@example.org", "dan@example.org"), "needs a question"),
    (("v1-1@example.org", "dan@example.org", "-m", "x", "--due", "soon"), "not a day"),
    (("v1-1@example.org", "dan@example.org", "-m", "x", "--line", "999"), "no line 999"),
])  # fmt: skip
def test_a_request_that_says_too_little_is_refused(
    two_versions: Inbox, config: Config, run: Run, words: tuple[str, ...], says: str
) -> None:
    outcome = run("opinion", "ask", *words)
    assert outcome.code == 2
    assert says in outcome.err


def test_earlier_opinions_are_hidden_until_ones_own_and_looking_first_is_recorded(
    two_versions: Inbox, config: Config, run: Run, isolated: Path
) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Dan Example\n\temail = dan@example.org\n")
    assert "said 1" not in run("opinion", "list", "v1-1@example.org").out
    given = run("opinion", "give", "v1-1@example.org", "agree", "--finding", "DCO001")
    assert "said 1" in given.err
    after = run("opinion", "list", "v1-1@example.org").out
    assert "said 1" in after
    assert "said 2" not in after
    looked = run("opinion", "give", "v1-2@example.org", "agree", "--finding", "DCO001", "--reveal")
    assert "said 2" in looked.err
    rows = [json.loads(line) for line in run("opinion", "list", "v1-1@example.org", "--json").out.splitlines()]
    mine = {row["finding"]: row["revealed"] for row in rows if row["reviewer"]["email"] == "dan@example.org"}
    assert sorted(mine.values()) == [False, True]


def test_a_reason_code_must_be_one_of_the_policys(two_versions: Inbox, config: Config) -> None:
    with pytest.raises(UsageError, match="not an exception or reason of the policy"):
        give_opinion(config, "v1-1@example.org", "waive", "DCO001", said=Said("x", code="made-up"))
