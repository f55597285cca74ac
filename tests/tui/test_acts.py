# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done from the terminal UI beside opinions: findings, replies, reports, charts, hand-over, and how it looks."""

import asyncio
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from tests.conftest import Inbox, Run, mail, patch_body
from tests.driving import drive, go_to, press, press_on, screen_text, settle
from triage.config import Config, load_config, load_lists
from triage.ingest.cron import sweep
from triage.model.errors import ConfigError
from triage.opinion.give import give_opinion
from triage.query import timeline
from triage.report.reply import quoted, reply_start
from triage.store import listed, queries
from triage.store.limit import for_everybody, parse_limit
from triage.store.schema import open_index, open_personal
from triage.store.statistics import figures
from tui import glyphs, handover
from tui.app import TriageApp
from tui.chart_lines import chart_lines
from tui.inbox_lines import views_bar
from tui.screens.ask import AskForm
from tui.screens.export import ExportForm, file_name, free_name
from tui.screens.findings import FindingsScreen
from tui.screens.form import shell_word
from tui.screens.inbox import InboxScreen
from tui.screens.prompt import Prompt
from tui.screens.reply import ReplyForm
from tui.screens.series import SeriesScreen
from tui.session import Session
from tui.widgets.series_list import SeriesList
from tui.widgets.text_view import TextView

App = TriageApp


def said(pilot: Pilot[Any]) -> str:
    """Return all that was said."""
    app = pilot.app
    assert isinstance(app, TriageApp)
    return "\n".join(text for text, _ in app.session.said)


def test_a_screen_left_while_it_is_read_ends_nothing(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("pair@example.org")(pilot)
        for keys in ("fq", "Hq", "Vq", "oq", "fqq"):
            await pilot.press(*keys)
            await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.is_running

    drive(demo, steps)


def test_a_finding_shows_the_rule_in_force_and_what_it_misses(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("grammar@example.org", "f")(pilot)
        text = " ".join(line.text.strip() for line in pilot.app.screen.query_one(TextView).lines)
        assert "AI006" in text
        assert "in force from 2026-01-06 to" in text
        assert "Cannot see" in text
        assert "linux-kernel, verified" in text

    drive(demo, steps, (120, 40))


def test_jumping_from_a_finding_goes_to_its_line(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "G", "f", "enter")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        assert screen.target().finding == screen.view.findings[0].id
        await pilot.press("q")
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FindingsScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, SeriesScreen)
        assert len([screen for screen in pilot.app.screen_stack if isinstance(screen, SeriesScreen)]) == 1

    drive(demo, steps)


def test_what_is_said_on_a_page_above_is_there_below(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        await press_on("unsigned@example.org", "f", "c", "enter", "q")(pilot)
        assert isinstance(app.screen, SeriesScreen)
        assert "error, confirmed" in screen_text(app)

    drive(demo, steps)


@pytest.mark.parametrize(("key", "row"), [("down", 1), ("j", 1), ("pagedown", 11), ("end", 39), ("G", 39)])
def test_every_key_that_moves_takes_the_cursor_along(key: str, row: int, demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        listing = pilot.app.screen.query_one(SeriesList)
        await pilot.press(key)
        await settle(pilot)
        assert listing.cursor == row
        assert 0 <= listing.cursor - listing.scroll_offset.y < listing.size.height
        back = {"down": "up", "j": "k", "pagedown": "pageup", "end": "home", "G": "g"}[key]
        await pilot.press(back)
        await settle(pilot)
        assert listing.cursor == 0
        await go_to("llm-0@example.org")(pilot)
        text = pilot.app.screen.query_one(TextView)
        before = text.line
        await pilot.press(key)
        await settle(pilot)
        assert text.line > before
        assert 0 <= text.line - text.scroll_offset.y < text.size.height

    drive(demo, steps)


def test_words_find_what_a_series_is_flagged_for(demo: Config) -> None:
    session = Session(demo)
    assert set(session.series("missing-signoff", "activity")) == set(session.series("DCO001", "activity")) != set()


def test_a_wrong_time_keeps_the_prompt(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("S")
        await settle(pilot)
        await pilot.press("ctrl+u", *"whenever", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Prompt)
        assert "is no time: write" in str(pilot.app.screen.query_one("#prompt-problem", Static).render())
        pilot.app.screen.query_one(Input).value = "3d"
        await pilot.press("enter")
        await settle(pilot)
        assert "away until " in said(pilot)

    drive(demo, steps)


def test_all_that_match_are_tagged_and_marked_in_one(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("T")
        await settle(pilot)
        await pilot.press(*"flag:warn", "enter")
        await settle(pilot)
        with closing(open_index(demo.paths.index)) as connection:
            expected = connection.execute("select count(*) from series where warn > 0").fetchone()[0]
        assert len(screen.target().tagged) == expected > 3
        await pilot.press("d")
        await settle(pilot)
        await pilot.press("7")
        await settle(pilot)
        assert len(screen.target().keys) == expected

    drive(demo, steps)


def test_the_next_series_that_needs_a_look(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        flagged = set(screen.session.series(screen.session.views()[0].limit, "activity"))
        await pilot.press("s")
        await settle(pilot)
        start = screen.target().cursor
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert screen.target().cursor > start
        assert screen.target().keys[screen.target().cursor] in flagged
        for _ in range(len(flagged)):
            await pilot.press("right_square_bracket")
            await settle(pilot)
        assert "no further series" in said(pilot)

    drive(demo, steps)


def test_a_report_is_written_under_a_free_name_and_noted(demo: Config, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "w")(pilot)
        form = pilot.app.screen
        assert isinstance(form, ExportForm)
        path = form.query_one("#path", Input)
        path.value = ""
        await settle(pilot)
        assert path.value == ""
        path.value = "/nowhere/at/all.md"
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert "cannot write" in str(form.query_one("#problem", Static).render())
        path.value = str(tmp_path / "r.md")
        await settle(pilot)
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert (tmp_path / "r.md").read_text("utf-8").startswith("# Review report")
        await pilot.press("H")
        await settle(pilot)
        assert "exported a report (md)" in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(demo, steps, (120, 40))
    (tmp_path / "r-2.md").touch()
    assert free_name(tmp_path / "r.md") == tmp_path / "r-3.md"


def test_what_a_report_is_limited_by_says_the_same_to_everybody() -> None:
    told = for_everybody("not state:done,snoozed by:me 'two words' -state:new age:<7d not from:x", "ada@example.org")
    assert told == "by:ada@example.org 'two words' age:<7d not from:x"
    assert not parse_limit(told, 0).has_states
    assert for_everybody("is:flagged", "") == "is:flagged"


@pytest.mark.parametrize("title", ["../../etc/passwd", "\x1b]0;x\x07", "$(touch x)", "", "é" * 300, "a/b\\c"])
def test_a_file_name_is_made_of_harmless_letters(title: str) -> None:
    assert set(file_name(title)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 6 < len(file_name(title)) < 60


def test_a_reply_says_something_and_is_kept_on_escape(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("teapot-v2-0@example.org", "r")(pilot)
        form = pilot.app.screen
        assert isinstance(form, ReplyForm)
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert "say something" in str(form.query_one("#problem", Static).render())
        await pilot.press(*"Fine.", "escape")
        await settle(pilot)
        await pilot.press("r")
        await settle(pilot)
        again = pilot.app.screen
        assert isinstance(again, ReplyForm)
        assert again.query_one("#body", TextArea).text.endswith("Fine.")
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert "drafted, not sent" in said(pilot)

    drive(demo, steps)
    (path,) = (demo.paths.data / "drafts").iterdir()
    assert "Fine." in path.read_text("utf-8")
    with closing(open_personal(demo.paths.personal)) as notes:
        assert notes.execute("select count(*) from draft").fetchone() == (0,)


def test_a_reply_quotes_the_lines_remarked_on_and_no_others(demo: Config) -> None:
    give_opinion(demo, "unsigned@example.org", "unsure", "", "Why 6?")
    with closing(open_index(demo.paths.index)) as connection:
        message = queries.find_message(connection, "unsigned@example.org").message
    text = "\n".join(f"line {n}" for n in range(1, 41))
    reply = quoted(message, text, {10: "First.", 12: "Second.", 30: ""})
    assert reply.startswith("On 2026-02-")
    assert "> line 5\n> line 6" in reply.replace("> [...]\n", "", 1)
    assert "> line 10\n\nFirst.\n\n> line 11\n> line 12\n\nSecond.\n\n> [...]\n> line 25" in reply
    assert "line 31" not in reply
    assert "line 4\n" not in reply


def test_a_reply_on_a_finding_without_words_of_its_own_quotes_its_line(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        series = queries.find_series(connection, "machine@example.org")
        found = [item for item in listed.findings(connection, series) if item.line]
    assert found
    for item in found:
        assert len(reply_start(demo, "machine@example.org", item.id).strip().splitlines()) > 1


def test_history_tells_who_did_what_and_hides_what_is_not_for_me_yet(demo: Config, isolated: Path) -> None:
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001", "secret words")
    (isolated / "gitconfig").write_text("[user]\n\tname = Cora Example\n\temail = cora@example.org\n")
    session = Session(load_config())
    rows = session.history("unsigned@example.org")
    text = "\n".join(f"{row.who} {row.what} {row.detail}" for row in rows)
    assert "secret" not in text
    assert "hidden until you give yours" in text
    assert "policy error DCO001 missing-signoff" in text
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    with closing(open_index(demo.paths.index)) as index, closing(open_personal(demo.paths.personal)) as notes:
        mine = timeline.events(demo, index, notes, session.series_of("unsigned@example.org") or 0, "ada@example.org")
    assert any("secret words" in row.detail for row in mine)


def test_figures_equal_what_sql_counts(demo: Config) -> None:
    with closing(open_index(demo.paths.index)) as connection:
        found = figures(connection, parse_limit("", 0))
        one = lambda sql: connection.execute(sql).fetchone()[0]  # noqa: E731
        assert found.series == one("select count(*) from series") == sum(week.series for week in found.weeks)
        assert sum(week.declared for week in found.weeks) == one("select count(*) from series where tools != ''")
        assert sum(week.flagged for week in found.weeks) == one("select count(*) from series where error + warn + ask > 0")
        codes = {code.code: code.series for code in found.codes}
        assert codes["DCO001"] == one(
            "select count(distinct series) from finding f join series s on s.id = f.series where code = 'DCO001' and status = 'open'"
            " and not s.superseded"
        )
    steps = {(after.monday - before.monday).days for before, after in zip(found.weeks, found.weeks[1:], strict=False)}
    assert steps == {7}
    found, waits = Session(demo).figures("")
    lines = chart_lines(found, waits, 80)
    assert max(len(line.text) for line in lines) <= 90
    assert Session(demo).figures("state:asked")[0].series == 0


def test_copying_and_pages_go_to_the_mail_at_the_cursor(demo: Config) -> None:
    copied: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await press_on("pair@example.org", "y", "Y")(pilot)

    drive(demo, steps)
    assert copied == ["pair@example.org", "https://lists.example.org/widgets/pair@example.org/"]


def test_commands_are_words_and_none_is_a_shells(inbox: Inbox, run: Run, config: Config) -> None:
    inbox.add(mail(patch_body(), key="$(touch%20x);--help", subject="[PATCH] x"))
    assert run("add", "w", str(inbox.path), "--policy", "none").code == 0
    assert run("ingest").code == 0
    session = Session(config)
    (series,) = session.series("", "activity")
    from tui.views import Subject

    subject = Subject(session.view(*session.names([series])))
    path = session.as_mbox(subject)
    assert path.name.startswith("series-")
    assert path.read_bytes().startswith(b"From mboxrd@z")
    offers = handover.commands(subject, ["https://x.example.org/"], path)
    assert ["b4", "am", "-o", ".", "$(touch%20x);--help@example.org"] in [offer.command for offer in offers]
    assert all(isinstance(word, str) for offer in offers for word in offer.command)


def test_the_palette_has_every_action_views_and_series(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press("ctrl+p")(pilot)
        await pilot.press(*"teapot-v2-0")
        await pilot.pause(0.5)
        await settle(pilot)
        await pilot.press("enter")
        await pilot.pause(0.3)
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        assert screen.view.line.message_id == "teapot-v2-0@example.org"

    drive(demo, steps)


def test_the_menu_does_what_a_key_does(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press("a", "C")(pilot)
        assert "charts: all series" in screen_text(pilot.app)  # type: ignore[arg-type]
        await press("q", "a", "escape")(pilot)
        assert isinstance(pilot.app.screen, InboxScreen)

    drive(demo, steps)


def test_new_mail_is_looked_for_in_a_process_of_its_own(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("u")
        await pilot.pause(0.1)
        for _ in range(200):
            if "new" in said(pilot):
                break
            await pilot.pause(0.1)
        assert "nothing new" in said(pilot)

    drive(demo, steps)


def test_the_place_is_taken_up_again(demo: Config) -> None:
    async def leave(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        await press("1", "s", "g", "j", "j", "j")(pilot)
        app.keep_place()
        app.choose_theme("triage-contrast")

    async def come_back(pilot: Pilot[Any]) -> None:
        app, screen = pilot.app, pilot.app.screen
        assert isinstance(app, TriageApp)
        assert isinstance(screen, InboxScreen)
        assert (screen.view, screen.order, screen.target().cursor, app.theme) == (1, "activity", 3, "triage-contrast")

    drive(demo, press("d", "z"))
    drive(demo, leave)
    drive(demo, come_back)


def test_unicode_marks_are_a_choice_and_one_cell_wide(demo: Config, isolated: Path) -> None:
    from rich.cells import cell_len

    for marks in (glyphs.ASCII, glyphs.UNICODE):
        every = [marks.cursor, marks.tag, marks.bar, marks.part, *marks.marks.values(), *marks.states.values(), *marks.opinions.values()]
        assert {cell_len(mark) for mark in every} == {1}
    (isolated / "triage" / "config.toml").write_text('[tui]\nglyphs = "unicode"\n')
    seen = []

    async def steps(pilot: Pilot[Any]) -> None:
        seen.append(screen_text(pilot.app))  # type: ignore[arg-type]

    try:
        drive(load_config(), steps)
    finally:
        glyphs.choose("ascii")
    assert "▸N" in seen[0]
    assert "⚑ DCO001" in seen[0]


def test_an_unknown_theme_is_refused(demo: Config, isolated: Path) -> None:
    (isolated / "triage" / "config.toml").write_text('[tui]\ntheme = "pink"\n')
    with pytest.raises(ConfigError, match="triage-mono"):
        TriageApp(load_config())


@pytest.mark.parametrize("cells", [40, 60, 80, 100, 120])
def test_the_views_fit_their_line(cells: int) -> None:
    names = ["Attention", "New", "Mine", "Asked", "Disagreement", "Outdated", "Done"]
    line = views_bar(names, (21, 39, 0, 0, 0, 0, 3), 2, cells).text
    assert len(line) <= cells or cells == 40
    assert "[2:New 39]" in line
    if cells >= 80:
        assert "1:Att" in line


def test_where_not_all_counts_fit_the_first_views_keep_theirs() -> None:
    names = ["Attention", "New", "Mine", "Asked", "Split", "Outdated", "Done", "Stale"]
    line = views_bar(names, (1230, 9999, 1234, 3456, 1111, 2222, 7000, 9000), 0, 80).text
    assert len(line) <= 80
    assert "1.2k" in line
    assert "9k" in line


@pytest.mark.parametrize("word", ["a b", "it's", "two\nlines", "tab\there\\", "ü", ""])
def test_a_command_reads_back_in_a_shell(word: str) -> None:
    import subprocess

    assert shutil.which("bash")
    done = subprocess.run(["bash", "-c", f"printf %s {shell_word(word)}"], capture_output=True, check=True)
    assert done.stdout.decode() == word


def test_requests_name_addresses_and_days_to_come(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("unsigned@example.org", "O")(pilot)
        form = pilot.app.screen
        assert isinstance(form, AskForm)
        for people, due, says in (
            ("Would", "3d", "Would is not an address"),
            ("c@example.org", "2020-01-01", "past"),
            ("c@example.org", "soon", "not a day"),
        ):
            form.query_one("#people", Input).value = people
            form.query_one("#due", Input).value = due
            form.query_one("#question", TextArea).text = "Is it?"
            await settle(pilot)
            assert str(form.query_one("#problem", Static).render()) == ""
            await pilot.press("ctrl+y")
            await settle(pilot)
            assert pilot.app.screen is form
            assert says in str(form.query_one("#problem", Static).render())

    drive(demo, steps)


def test_long_lines_say_that_they_go_on(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        from triage.model.text import Shown
        from tui.lines import ViewLine

        await go_to("pair@example.org")(pilot)
        text = pilot.app.screen.query_one(TextView)
        text.show([ViewLine(Shown("x" * 500)), ViewLine(Shown("日本" * 100))])
        await settle(pilot)
        assert text.render_line(0).text.rstrip().endswith("x~")
        assert text.render_line(1).cell_length == text.size.width
        await pilot.press("right")
        assert text.scroll_offset.x > 0

    drive(demo, steps)


def test_an_archive_that_keeps_failing_is_spoken_of(demo: Config) -> None:
    archive = load_lists(demo.paths)[0].places[0].path
    archive.rename(archive.with_name("away"))
    seen: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        for _ in range(3):
            seen.append(screen_text(app))
            await asyncio.to_thread(sweep, demo, load_lists(demo.paths))
        async with asyncio.timeout(20):
            while "! 1 stale, L says why" not in screen_text(app):
                await pilot.pause(0.1)
        await pilot.press("L")
        await settle(pilot)
        seen.append(screen_text(app))

    try:
        drive(demo, steps)
    finally:
        archive.with_name("away").rename(archive)
    assert "stale" not in seen[2]
    assert "failed 3 times in a row" in seen[3]
