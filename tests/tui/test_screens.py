# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal UI: screens as text at two sizes, keys, forms, and nothing from a mail that acts."""

import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from tests.conftest import Inbox, Run, mail, patch_body
from tests.driving import drive, go_to, screen_text, settle
from triage.config import Config, load_config, load_lists
from triage.ingest.pipeline import ingest
from triage.model import State
from triage.model.days import parse_until, rfc3339
from triage.model.errors import UsageError
from triage.model.text import safe
from triage.opinion.drafts import kept_draft
from triage.opinion.give import ask_opinion, give_opinion
from triage.opinion.index import refreshed
from triage.opinion.log import OpinionLog
from triage.store.opinions import load_records
from triage.store.schema import open_index
from tui.app import TriageApp
from tui.inbox_lines import inbox_row
from tui.screens.ask import AskForm
from tui.screens.inbox import InboxScreen
from tui.screens.opinion import OpinionForm
from tui.screens.series import SeriesScreen
from tui.session import Session
from tui.widgets.painted import Bar
from tui.widgets.series_list import SeriesList
from tui.widgets.text_view import TextView


def test_moving_keeps_the_cursor_in_sight_and_on_its_series(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        listing = pilot.app.screen.query_one(SeriesList)
        await pilot.press("j", "j", "pagedown", "k", "G")
        assert listing.cursor == len(listing.keys) - 1
        assert 0 <= listing.cursor - listing.scroll_offset.y < listing.size.height
        await pilot.press("g", "j", "j", "j")
        kept = listing.current
        await pilot.press("s")
        await settle(pilot)
        assert listing.current == kept
        await pilot.resize_terminal(60, 15)
        await settle(pilot)
        assert listing.current == kept
        assert 0 <= listing.cursor - listing.scroll_offset.y < listing.size.height

    drive(demo, steps)


def test_a_limit_narrows_a_search_moves_and_escape_clears(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("l", *"rule:DCO001")
        await pilot.press("enter")
        await settle(pilot)
        assert len(screen.target().keys) == 2
        await pilot.press("escape")
        assert screen.limit == ""
        assert len(screen.target().keys) == 40
        await pilot.press("slash", *"samowar", "enter")
        await settle(pilot)
        assert screen.target().current == "rfc-0@example.org"

    drive(demo, steps)


def test_a_wrong_limit_is_explained_and_changes_nothing(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("l", *"flg:[/x]", "enter")
        await settle(pilot)
        assert "did you mean flag" in str(pilot.app.screen.query_one("#prompt-problem", Static).render())
        assert pilot.app.screen.query_one(Input).value == "flg:[/x]"
        await pilot.press("escape")
        await settle(pilot)
        assert screen.limit == ""

    drive(demo, steps)


def test_looking_marks_seen_and_done_can_be_taken_back(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        first = screen.session.names(screen.target().keys[:1])[0]
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("q")
        await settle(pilot)
        assert screen.session.line(first).state is State.SEEN
        await pilot.press("d")
        assert screen.session.line(first).state is State.DONE
        screen.target().cursor = 0
        await pilot.press("d")
        assert screen.session.line(first).state is State.SEEN

    drive(demo, steps)


def test_findings_stand_below_their_lines_and_keys_jump_to_them(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("pair@example.org")(pilot)
        view = pilot.app.screen.query_one(TextView)
        (start,) = view.finding_starts()
        assert view.line == start
        assert view.lines[start - 1].text == "Co-developed-by: Dana Muster <dana@example.com>"
        await pilot.press("g")
        assert view.line == 0
        await pilot.press("full_stop")
        assert view.line == start
        await pilot.press("right_curly_bracket")
        assert view.lines[view.line].look == "hunk"

    drive(demo, steps)


def test_next_finding_goes_on_in_the_next_mail(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("forgotten@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        await pilot.press("left_square_bracket", "g", "full_stop", "full_stop")
        await settle(pilot)
        assert screen.view.mails[screen.mails().cursor].message.message_id == "forgotten-r@example.org"
        assert "DCO009" in screen.target().lines[screen.target().line].text

    drive(demo, steps)


def test_an_opinion_is_recorded_from_the_form(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        await pilot.press("o")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        await pilot.press("down")
        form.query_one("#reason", TextArea).focus()
        await pilot.press(*"Seen", "space", *"it.")
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert isinstance(pilot.app.screen, SeriesScreen)
        assert any("disagree by Ada Example, unsigned: Seen it." in line.text for line in pilot.app.screen.target().lines)

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        (record,) = load_records(connection)
    assert (record.kind, record.reason, record.finding.code) == ("disagree", "Seen it.", "DCO001")


def test_what_is_typed_survives_escape_and_a_reason_is_asked_for(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        await pilot.press("o")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        form.query_one("#verdict", OptionList).highlighted = 1
        await pilot.press("ctrl+y")
        assert pilot.app.screen is form
        await pilot.press(*"draft", "escape")
        await settle(pilot)
        await pilot.press("o")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        assert form.query_one("#reason", TextArea).text == "draft"
        assert form.values().kind == "disagree"

    drive(demo, steps)
    assert OpinionLog(demo.paths.opinions).tips() == {}


def test_a_failed_opinion_keeps_the_words_and_says_why(demo: Config, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("")

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        await pilot.press("o")
        await settle(pilot)
        pilot.app.screen.query_one("#reason", TextArea).focus()
        await pilot.press(*"mine", "ctrl+y")
        await settle(pilot)
        assert isinstance(pilot.app.screen, OpinionForm)
        assert "user.email" in str(pilot.app.screen.query_one("#problem", Static).render())
        app = pilot.app
        assert isinstance(app, TriageApp)
        assert kept_draft(demo, "unsigned@example.org")["reason"] == "mine"

    drive(demo, steps)


def another_reads_after_an_opinion(demo: Config, isolated: Path) -> None:
    give_opinion(demo, "unsigned@example.org", "disagree", "DCO001", "secret words")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Placeholder\n\temail = cora@example.org\n")


def test_earlier_opinions_are_hidden_until_ones_own_is_given(demo: Config, isolated: Path) -> None:
    another_reads_after_an_opinion(demo, isolated)

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        assert not any("secret words" in line.text for line in screen.target().lines)
        await pilot.press("o")
        await settle(pilot)
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert any("secret words" in line.text for line in screen.target().lines)

    drive(demo, steps)


def test_looking_at_earlier_opinions_first_is_possible_and_recorded(demo: Config, isolated: Path) -> None:
    another_reads_after_an_opinion(demo, isolated)

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        await pilot.press("v")
        await settle(pilot)
        assert any("secret words" in line.text for line in screen.target().lines)
        await pilot.press("o")
        await settle(pilot)
        await pilot.press("ctrl+y")
        await settle(pilot)

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        assert [o.fields.get("Revealed") for o in load_records(connection)] == [None, "yes"]


def test_what_is_asked_of_me_stands_in_the_list_and_at_its_finding(demo: Config, isolated: Path) -> None:
    ask_opinion(demo, "unsigned@example.org", ("cora@example.org",), "Is it a rebase slip?", "DCO001", due="2126-03-01")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Placeholder\n\temail = cora@example.org\n")

    async def steps(pilot: Pilot[Any]) -> None:
        listing = pilot.app.screen.query_one(SeriesList)
        wanted = pilot.app.session.series("state:asked", "attention")  # type: ignore[attr-defined]
        row = listing.keys.index(wanted[0])
        assert len(wanted) == 1
        listing.cursor = row
        await settle(pilot)
        shown = listing.row_line(row, 80, True).text
        assert shown.startswith(">?  ? due ")
        await go_to("unsigned@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        text = " ".join(line.text for line in screen.target().lines)
        assert "? Ada Example asks cora@example.org, by 2126-03-01: Is it a rebase slip?" in " ".join(text.replace("   | ", " ").split())

    drive(demo, steps)


def test_the_form_says_why_an_opinion_would_not_count(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("pair@example.org")(pilot)
        await pilot.press("o")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, OpinionForm)
        assert "you are the author" in str(form.query_one("#problem").render())
        await pilot.press("ctrl+y")
        await settle(pilot)

    drive(demo, steps)
    assert OpinionLog(demo.paths.opinions).tips() == {}


def test_saved_views_show_what_they_hold_and_own_ones_come_after(demo: Config) -> None:
    (demo.paths.config / "config.toml").write_text('[views]\n"By Bo" = "from:bo"\n')

    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        session = screen.session
        names = [view.name for view in session.views()]
        assert names == ["Attention", "New", "Mine", "Asked", "Split", "Outdated", "Done", "Stale", "By Bo"]
        title = screen.query_one("#title", Bar).text
        assert title.strip().startswith("[0:All]")
        for number, view in enumerate(session.views(), 1):
            await pilot.press(str(number))
            await pilot.app.workers.wait_for_complete()
            await settle(pilot)
            keys = screen.target().keys
            assert keys == session.series(view.limit, screen.order)
            title = screen.query_one("#title", Bar).text
            assert re.search(rf"\[{number}:{view.name}{f' {len(keys)}' if keys else '( 0)?'}\]", title)  # a 0 may be left out for room
        assert len(session.series("from:bo", "activity")) == len(screen.target().keys) > 0
        assert screen.view == 9
        await pilot.press("0")
        assert len(screen.target().keys) == 40

    drive(load_config(), steps)


def test_done_and_flagged_series_move_between_views(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("1")
        before = len(screen.target().keys)
        first = screen.target().current
        await pilot.press("d")
        assert len(screen.target().keys) == before - 1
        await pilot.press("7")
        assert screen.session.names(screen.target().keys) == [first]

    drive(demo, steps)


def test_acts_on_tagged_series_are_undone_and_done_again_as_one(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("1")
        before = list(screen.target().keys)
        await pilot.press("t", "t", "j", "t")
        tagged = set(screen.session.names([before[0], before[1], before[3]]))
        assert screen.target().tagged == tagged
        assert screen.target().row_line(0, 80, False).text[2] == "*"
        assert "3 tagged" in screen.query_one("#status", Bar).text
        await pilot.press("d")
        assert set(screen.session.names(sorted(set(before) - set(screen.target().keys)))) == tagged
        assert screen.target().tagged == set()
        await pilot.press("z")
        assert screen.target().keys == before
        await pilot.press("Z")
        assert len(screen.target().keys) == len(before) - 3
        await pilot.press("z", "z")
        assert screen.target().keys == before
        await pilot.press("d", "Z")
        assert len(screen.target().keys) == len(before) - 1

    drive(demo, steps)


def test_undoing_outlives_the_program(demo: Config) -> None:
    first, second = Session(demo), Session(demo)
    series = first.series("", "activity")[:2]
    first.act(first.names(series), State.DONE)
    assert second.undo()[0] == "done, 2 series"
    assert {line.state for line in first.lines(series).values()} == {State.NEW}
    assert second.undo() == ("", [])
    assert first.undo(again=True)[0] == "done, 2 series"
    assert {line.state for line in first.lines(series).values()} == {State.DONE}


def test_a_snoozed_series_is_away_until_its_time_and_comes_back(demo: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("1")
        first, before = screen.target().current, len(screen.target().keys)
        await pilot.press("S")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert first is not None
        assert len(screen.target().keys) == before - 1
        assert screen.session.line(first).state is State.SNOOZED
        later = time.time() + 4 * 86400
        monkeypatch.setattr("tui.session.time.time", lambda: later)
        assert screen.session.line(first).state is State.UPDATED

    drive(demo, steps)


@pytest.mark.parametrize("text", ["", "soon", "2020-01-01", "2026-13-01", "0d", "<3d"])
def test_a_time_to_put_a_series_away_until_must_be_to_come(text: str) -> None:
    with pytest.raises(UsageError):
        parse_until(text, 1_800_000_000)


def test_what_is_put_away_for_longer_than_a_calendar_holds_comes_back_on_its_last_day() -> None:
    assert rfc3339(parse_until("999999y", 1_800_000_000)) == "9999-12-31T00:00:00Z"


def test_a_finding_is_confirmed_or_dismissed_in_one_key(demo: Config, isolated: Path) -> None:
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Placeholder\n\temail = cora@example.org\n")

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        await pilot.press("c")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert not any("error, confirmed" in line.text for line in screen.target().lines)
        await pilot.press("c")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert any("DCO001 missing-signoff  error, confirmed" in line.text for line in screen.target().lines)
        await pilot.press("x")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert any("error, confirmed" in line.text for line in screen.target().lines)
        await pilot.press(*"attached", "enter")
        await settle(pilot)
        assert any("error, dismissed" in line.text for line in screen.target().lines)

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        assert [(o.kind, o.reason) for o in load_records(connection)] == [("confirm", ""), ("dismiss", "attached")]


def test_others_are_asked_from_the_form_and_what_is_typed_survives(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        await pilot.press("O")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, AskForm)
        await pilot.press("ctrl+y")
        assert "name the address" in str(form.query_one("#problem").render())
        await pilot.press(*"cora@example.org")
        form.query_one("#question", TextArea).focus()
        await pilot.press(*"Is", "space", *"it?")
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("O")
        await settle(pilot)
        form = pilot.app.screen
        assert isinstance(form, AskForm)
        assert form.query_one("#question", TextArea).text == "Is it?"
        assert "triage opinion ask unsigned@example.org cora@example.org --finding" in str(form.query_one("#command").render())
        await pilot.press("ctrl+y")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        assert any("asks cora@example.org" in line.text for line in screen.target().lines)
        assert screen.session.draft(f"ask:{screen.view.line.message_id}") == ""

    drive(demo, steps)
    with closing(refreshed(demo)) as connection:
        (record,) = load_records(connection)
    assert (record.kind, record.reason, record.fields["To"]) == ("ask", "Is it?", "cora@example.org")


def test_what_cron_brings_appears_without_losing_the_place(demo: Config, inbox: Inbox, run: Run) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("j", "j")
        kept = screen.target().current
        inbox.add(mail(patch_body("Text.\n\n"), key="fresh", subject="[PATCH] fresh"))
        assert run("add", "more", str(inbox.path), "--policy", "linux-kernel").code == 0
        there = load_config()
        ingest(there, load_lists(there.paths))
        screen.look_for_changes()
        await settle(pilot)
        assert len(screen.target().keys) == 41
        assert screen.target().current == kept

    drive(demo, steps)


def test_a_doubtful_series_can_be_asked_for_and_says_so_in_its_title(config: Config, inbox: Inbox, run: Run) -> None:
    inbox.add(*(mail(patch_body(), key=key, subject=subject) for key, subject in (
        ("1", "[PATCH 1/2] a"), ("2", "[PATCH 1/2] a"), ("3", "[PATCH 2/2] b"), ("4", "[PATCH 2/2] b"), ("5", "[PATCH] c"))))  # fmt: skip
    assert run("add", "widgets", str(inbox.path), "--policy", "none").code == 0
    ingest(config, load_lists(config.paths))
    titles = []

    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("0")
        await settle(pilot)
        assert len(screen.target().keys) == 3
        await pilot.press("l", *"is:ambiguous", "enter")
        await settle(pilot)
        assert len(screen.target().keys) == 2
        await pilot.press("enter")
        await settle(pilot)
        titles.append(screen_text(pilot.app).split("\n")[0])  # type: ignore[arg-type]

    drive(config, steps)
    assert "ambiguous: see `triage show --why`" in titles[0]


def test_a_rebuilt_index_is_noticed_too(demo: Config) -> None:
    from triage.ingest.rebuild import rebuild

    session = Session(demo)
    session.changed()
    assert not session.changed()
    rebuild(demo)
    assert session.changed()
    assert not session.changed()


PAYLOADS = [
    "[@click=app.quit]x[/]", "[/b]", "[b]x", "arr[i]", "[PATCH]", "[$error]x[/]", "\x1b[2J", "\x1b]52;c;YQ==\x07", "\x9b31m", "\u202eabc", "\u200b", "\x00",
    "\u2028", "%s{x}", "e\u0301" * 30, "👩‍🔬", "日本" * 40, "x" * 5000,
]  # fmt: skip


def test_payloads_in_every_field_are_shown_as_text_on_every_screen(inbox: Inbox, run: Run, config: Config) -> None:
    for number, payload in enumerate(PAYLOADS):
        flat = payload.replace("\x00", "").replace("\u2028", "")
        body = patch_body(
            f"{payload}\nCo-developed-by: {flat} <c@example.org>\nGenerated with Claude {flat}\n",
            diff=patch_body().split("\n\n", 2)[-1] + f"+{payload}\n",
        )
        inbox.add(
            mail(
                body,
                key=f"k{number}",
                subject=f"[PATCH] {flat}",
                sender=f'"{flat[:40]}" <x{number}@example.org>',
                date="Mon, 04 May 2026 09:00:00 +0000",
            )
        )
    run("add", "w", str(inbox.path), "--policy", "linux-kernel")
    assert run("ingest").code == 0
    give_opinion(config, "k0@example.org", "agree", "", "[@click=app.quit]why[/]\x1b[2J")
    quits: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        app.action_quit = lambda: quits.append("quit")  # type: ignore[assignment, method-assign, return-value]
        listing = app.screen.query_one(SeriesList)
        for row in range(len(listing.keys)):
            listing.cursor = row
            await settle(pilot)
            harmless(screen_text(app))
            await pilot.press("enter")
            await settle(pilot)
            await settle(pilot)
            for _ in range(3):
                harmless(screen_text(app))
                await pilot.press("pagedown")
            for x, y in ((3, 1), (10, 8), (30, 12)):
                await pilot.click(offset=(x, y))
            await pilot.press("o")
            await settle(pilot)
            await settle(pilot)
            harmless(screen_text(app))
            await pilot.press("escape")
            await settle(pilot)
            await pilot.press("q")
            await settle(pilot)

    drive(config, steps, (100, 30))
    assert quits == []


def harmless(text: str) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]", text)


def test_every_subject_renders_as_its_safe_text(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        ids = [row[0] for row in connection.execute("select id from series")]
    session = Session(demo)
    for series, line in session.lines(ids).items():
        shown = inbox_row(line, 400, 0, cursor=False).text.rstrip()
        assert shown.endswith(safe(line.title or line.subject)), series


def test_no_color_means_none(demo: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot: Pilot[Any]) -> None:
        assert pilot.app.theme == "triage-mono"
        colours = {
            colour.name
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None
        }
        assert colours <= {"default"}

    drive(demo, steps)
