# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a day in the terminal: reasons in the list, threads as trees, versions, raw mail, policy, charts, own commands, hints."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.conftest import Inbox, Run, mail, patch_body
from tests.driving import drive, go_to, press, press_on, screen_text, settle
from triage.config import Config, load_config
from triage.mail.quotes import first_own_line
from triage.model.errors import ConfigError
from triage.opinion.give import ask_opinion, give_opinion
from triage.query.listing import reason
from tui.app import TriageApp
from tui.glyphs import suits
from tui.palette import Palette
from tui.render import short
from tui.screens.inbox import InboxScreen
from tui.screens.series import SeriesScreen
from tui.screens.versions import VersionsScreen
from tui.session import Session
from tui.widgets.text_view import TextView

NOW = int(datetime(2126, 2, 26, tzinfo=UTC).timestamp())
"""Three days before the day by which an answer is asked for: one that no run of the tests comes after."""


def said(pilot: Pilot[Any]) -> str:
    app = pilot.app
    assert isinstance(app, TriageApp)
    return "\n".join(text for text, _ in app.session.said)


def as_cora(home: Path) -> None:
    (home / "gitconfig").write_text("[user]\n\tname = Cora Placeholder\n\temail = cora@example.org\n")


def test_each_series_says_why_it_is_in_the_list(demo: Config, isolated: Path) -> None:
    ask_opinion(demo, "pair@example.org", ("cora@example.org",), "Fine?", "DCO007", due="2126-03-01")
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001", "yes")
    as_cora(isolated)
    session = Session(demo)
    lines = {line.message_id: line for line in session.lines(session.series("", "activity")).values()}
    whys = {name: reason(line, NOW) for name, line in lines.items()}
    assert whys["pair@example.org"] == "due 3d"
    assert reason(lines["pair@example.org"], NOW + 4 * 86400) == "late"
    assert whys["unsigned@example.org"] == "DCO001"
    assert lines["unsigned@example.org"].hidden == 1
    assert whys["llm-0@example.org"] == "AI003"
    assert session.series(session.views()[0].limit, "attention")[0] == lines["pair@example.org"].id


def test_what_others_said_shows_in_no_column_until_mine_is_given(demo: Config, isolated: Path) -> None:
    give_opinion(demo, "unsigned@example.org", "disagree", "DCO001", "no")
    as_cora(isolated)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        screen.show_limit(0, "id:unsigned@example.org")
        await settle(pilot)
        row = screen.target().row_line(0, 100, False)
        assert row.text.split()[3] == "h"
        assert "1 earlier opinion, hidden until you give yours" in screen_text(pilot.app)  # type: ignore[arg-type]
        await pilot.press("o", "a", "ctrl+y")
        await settle(pilot)
        row = screen.target().row_line(0, 100, False)
        assert " h " not in row.text
        assert "hidden" not in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(demo, steps)


def posted(inbox: Inbox, run: Run) -> None:
    """Two versions of a series of two, with remarks on the first."""
    inbox.add(
        mail("Cover.\n", key="c1", subject="[PATCH 0/2] lid: open", date="Mon, 02 Mar 2026 09:00:00 +0000"),
        mail(patch_body(), key="p1", subject="[PATCH 1/2] lid: hinge", In_Reply_To="<c1@example.org>"),
        mail(patch_body(), key="p2", subject="[PATCH 2/2] lid: knob", In_Reply_To="<c1@example.org>"),
        mail(
            "Hi Ada,\n\nOn Monday Ada Example wrote:\n> +\treturn 1;\n\nWhy not two?\n", key="r1", subject="Re: [PATCH 1/2] lid: hinge",
            sender="Bo Sample <bo@example.org>", date="Mon, 02 Mar 2026 10:00:00 +0000", In_Reply_To="<p1@example.org>",
        ),
        mail(
            "One is enough.\n", key="r2", subject="Re: [PATCH 1/2] lid: hinge", date="Mon, 02 Mar 2026 11:00:00 +0000",
            In_Reply_To="<r1@example.org>",
        ),
        mail(
            "The knob turns the wrong way.\n\nReviewed-by: Dana Muster <dana@example.com>\n", key="r3", subject="Re: [PATCH 2/2] lid: knob",
            sender="Dana Muster <dana@example.com>", date="Mon, 02 Mar 2026 12:00:00 +0000", In_Reply_To="<p2@example.org>",
        ),
        mail(
            "Reviewed-by: Dana Muster <dana@example.com>\n", key="r4", subject="Re: [PATCH 1/2] lid: hinge",
            sender="Dana Muster <dana@example.com>", date="Mon, 02 Mar 2026 12:30:00 +0000", In_Reply_To="<p1@example.org>",
        ),
        mail("Cover.\n", key="c2", subject="[PATCH v2 0/2] lid: open", date="Tue, 03 Mar 2026 09:00:00 +0000"),
        mail(
            patch_body().replace("return 1", "return 2"), key="q1", subject="[PATCH v2 1/2] lid: hinge",
            date="Tue, 03 Mar 2026 09:00:01 +0000", In_Reply_To="<c2@example.org>",
        ),
        mail(
            patch_body(), key="q2", subject="[PATCH v2 2/2] lid: knob", date="Tue, 03 Mar 2026 09:00:02 +0000",
            In_Reply_To="<c2@example.org>",
        ),
    )  # fmt: skip
    assert run("add", "widgets", str(inbox.path), "--policy", "linux-kernel").code == 0
    assert run("ingest").code == 0


def test_replies_stand_under_their_patches_with_their_first_words(config: Config, inbox: Inbox, run: Run) -> None:
    posted(inbox, run)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("0")
        await settle(pilot)
        await go_to("c1@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        names = [node.stored.message.message_id.partition("@")[0] for node in screen.mails().nodes]
        assert names == ["c1", "p1", "r1", "r2", "r4", "p2", "r3"]
        assert [node.depth for node in screen.mails().nodes] == [0, 0, 1, 2, 1, 0, 1]
        shown = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "Why not two?" in shown
        assert "|- Bo Sample" in shown
        at = screen.mails()
        for key, wanted in ((">", "r1"), (">", "r2"), ("]", "p2"), ("<", "r4"), ("[", "p1")):
            await pilot.press(
                {">": "greater_than_sign", "<": "less_than_sign", "]": "right_square_bracket", "[": "left_square_bracket"}[key]
            )
            await settle(pilot)
            assert at.current is not None
            assert at.current.message.message_id == f"{wanted}@example.org", key
        line = screen.session.line("c1@example.org")
        assert (line.replies, line.acked, line.reviewed, line.tested) == (4, 0, 1, 0)

    drive(config, steps, (100, 30))


def test_versions_open_folded_and_any_two_are_compared(config: Config, inbox: Inbox, run: Run) -> None:
    posted(inbox, run)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("0")
        await settle(pilot)
        await go_to("c2@example.org")(pilot)
        await pilot.press("right_square_bracket", "V")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, VersionsScreen)
        shown = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "1 remark on v1 that its author did not answer:" in shown
        assert "Dana Muster: 2/2 The knob turns the wrong way." in shown
        assert "Why not two?" not in shown
        at = screen.target().current
        assert at is not None
        assert at.text.strip().startswith("! ")
        assert "return 2" not in shown
        await pilot.press("enter")
        await settle(pilot)
        assert "return 2" in screen_text(pilot.app)  # type: ignore[arg-type]
        await pilot.press("p", "enter", "enter")
        await settle(pilot)
        assert "v1 against v2" in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(config, steps, (100, 30))


def test_a_mail_is_shown_as_it_came(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("pair@example.org", "R")(pilot)
        shown = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "raw mail: [PATCH] widget: two-handed pouring" in shown
        assert "Message-ID: <pair@example.org>" in shown

    drive(demo, steps)


def test_the_policy_says_what_each_rule_came_to_and_another_pack_is_compared(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("llm-0@example.org", "K")(pilot)
        shown = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "linux-kernel/assist-req  AI003 open" in shown
        await pilot.press("G")
        await settle(pilot)
        assert "Most of this was generated with an LLM" in screen_text(pilot.app)  # type: ignore[arg-type]
        await pilot.press("c", *"qemu", "enter")
        for _ in range(200):
            await pilot.pause(0.1)
            if "linux-kernel against qemu" in screen_text(pilot.app):  # type: ignore[arg-type]
                break
        assert "AI001" in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(demo, steps, (100, 30))


def test_a_bar_lists_its_series(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press("C", "slash", *"DCO007", "enter", "enter")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        assert screen.limit == "code:DCO007 not is:superseded"
        assert len(screen.target().keys) == 1

    drive(demo, steps)


def test_help_opens_at_its_own_screen_and_is_narrowed_by_words(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("pair@example.org", "question_mark")(pilot)
        assert screen_text(pilot.app).splitlines()[1] == "In a series"  # type: ignore[arg-type]
        await pilot.press("l", *"reply", "enter")
        await settle(pilot)
        shown = screen_text(pilot.app)  # type: ignore[arg-type]
        assert "next reply" in shown
        assert "Opinion on" not in shown

    drive(demo, steps)


OWN = """
[commands.show-args]
run = ["sh", "-c", "printf '%s\\\\n' \\"$@\\" > {out}", "sh", "{id}", "{mail}", "{list}", "{mbox}"]
key = "f5"
output = false
"""


def test_an_own_command_gets_ids_and_a_file_and_no_shell_reads_them(demo: Config, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui import handover

    (isolated / "triage" / "config.toml").write_text(OWN.replace("{out}", str(isolated / "out")))
    config = load_config()
    session = Session(config)
    from tui.views import Subject

    view = session.view("pair@example.org")
    words = session.own_words(config.commands[0], Subject(view))
    assert words[4:7] == ["pair@example.org", "pair@example.org", "widgets"]
    assert Path(words[7]).read_text().startswith("From mboxrd@z")
    ran: list[list[str]] = []
    monkeypatch.setattr("tui.programs.run", lambda app, command, wait=False: ran.append(list(command)) or 0)

    async def steps(pilot: Pilot[Any]) -> None:
        await press_on("pair@example.org", "f5")(pilot)
        assert "show-args is done" in said(pilot)
        await pilot.press("a", "end")
        await settle(pilot)
        assert "f5  show-args: sh -c" in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(config, steps, (120, 60))
    assert ran[0][1:] == words[1:]
    assert ran[0][0] == handover.found("sh")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ('[commands.x]\nrun = ["a", "{subject}"]\n', "place 'subject' is unknown"), ('[commands.x]\nrun = []\n', "has no program"),
        ('[commands.x]\nrun = ["{id}"]\n', "not known before it runs"), ('[commands.x]\nrun = ["a"]\nkey = "o"\n', "'o' is .* already"),
        ('[commands.x]\nrun = ["sh", "-c", "b4 am {id}"]\n', "would read"), ('[commands.x]\nrun = ["a"]\nkey = "nokey"\n', "there is no key"), ('[commands.x]\nrun = ["a"]\nshell = true\n', "'shell' is unknown"),
    ],
)  # fmt: skip
def test_a_wrong_own_command_is_refused_at_the_start(rows: str, says: str, demo: Config, isolated: Path) -> None:
    (isolated / "triage" / "config.toml").write_text(rows)
    with pytest.raises(ConfigError, match=says):
        TriageApp(load_config())


def test_a_limit_is_completed_remembered_and_saved_as_a_view(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        await pilot.press("l", *"sev", "tab", *"err", "tab", "enter")
        await settle(pilot)
        assert screen.limit == "severity:error"
        await pilot.press("l", "ctrl+u", *"list:w", "tab", "enter")
        await settle(pilot)
        assert screen.limit == "list:widgets"
        await pilot.press("l", "up", "up")
        await settle(pilot)
        assert pilot.app.screen.query_one(Input).value == "severity:error"
        await pilot.press("enter", "M", *"Grave", "enter")
        await settle(pilot)
        assert [view.name for view in screen.session.views()][screen.view - 1] == "Grave"
        await pilot.press("D")
        await settle(pilot)
        assert "Grave" not in [view.name for view in screen.session.views()]
        await pilot.press("M", *"attention", "enter")
        await settle(pilot)
        assert "is a view already" in screen_text(pilot.app)  # type: ignore[arg-type]

    drive(demo, steps, (100, 30))


def test_a_record_in_the_history_is_withdrawn_and_given_another_reason(demo: Config) -> None:
    give_opinion(demo, "unsigned@example.org", "agree", "DCO001", "yes")

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        await press_on("unsigned@example.org", "H")(pilot)
        assert "agrees with DCO001" in screen_text(app)
        await pilot.press("e", "ctrl+u", *"no doubt", "enter")
        await settle(pilot)
        reasons = [stand.record.reason for stand in app.session.findings("unsigned@example.org")[0].opinions]
        assert reasons == ["no doubt"]
        await pilot.press("z", "enter")
        await settle(pilot)
        assert app.session.findings("unsigned@example.org")[0].opinions == ()

    drive(demo, steps)


def test_the_next_series_is_shown_without_going_back(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        inbox = pilot.app.screen
        assert isinstance(inbox, InboxScreen)
        await pilot.press("1")
        await settle(pilot)
        names = inbox.session.names(inbox.target().keys)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("right_parenthesis")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        assert screen.view.line.message_id == names[1]
        await pilot.press("left_parenthesis")
        await settle(pilot)
        await pilot.press("left_parenthesis")
        await settle(pilot)
        assert "no further series" in said(pilot)
        await pilot.press("right_parenthesis", "q")
        await settle(pilot)
        assert inbox.target().current == names[1]

    drive(demo, steps)


def test_hints_follow_what_is_done_and_h_hides_them(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        assert "1/3 Enter" in screen_text(app)
        await press_on("unsigned@example.org")(pilot)
        assert "2/3 o gives" in screen_text(app)
        await pilot.press("o", "ctrl+y")
        await settle(pilot)
        assert "3/3 z takes" in screen_text(app)
        await pilot.press("h")
        await settle(pilot)
        assert "hides hints" not in screen_text(app)

    drive(demo, steps, (100, 30))


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1656, "1.7k"), (9949, "9.9k"), (9950, "9k"), (30_800, "30k"), (2_000_000, "2.0M")]
)
def test_counts_take_four_characters(count: int, text: str) -> None:
    assert short(count) == text


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"LANG": "de_DE.UTF-8", "TERM": "xterm-256color"}, "unicode"), ({"LANG": "C", "TERM": "xterm"}, "ascii"), ({}, "ascii"),
        ({"LANG": "ja_JP.UTF-8", "TERM": "xterm"}, "ascii"), ({"LC_ALL": "C.utf8", "LANG": "C", "TERM": "tmux"}, "unicode"),
        ({"LANG": "C.UTF-8", "TERM": "linux"}, "ascii"),
    ],
)  # fmt: skip
def test_box_drawing_is_for_terminals_that_show_it(environment: dict[str, str], name: str) -> None:
    assert suits(environment) == name


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Hi Ada,\n\n> quoted\n\nNo.\n", "No."), ("On Mon, Ada wrote:\n> x\n\nLooks right.\n", "Looks right."), ("> all quoted\n", ""),
        ("Thanks!\n\nApplied.\n", "Applied."), ("Thanks, applied!\n", "Thanks, applied!"), ("", ""),
        ("Thanks for the patch, Bo.\n\nIt leaks.\n", "It leaks."), ("Thanks! Queued for 6.2.\n", "Thanks! Queued for 6.2."),
        ("Hi, this breaks boot.\n", "Hi, this breaks boot."),
        ("Thanks, LGTM\n", "Thanks, LGTM"), ("Hi Bo, NAK\n", "Hi Bo, NAK"), ("Thanks for the patch but no.\n", "Thanks for the patch but no."),
        ("Hi Élodie & Bo,\n\nPing.\n", "Ping."), ("Thanks for looking into this.\n\nIt leaks.\n", "It leaks."), ("Dear maintainers,\n\nPing.\n", "Ping."), ("-- \nAda\n", "Ada"),
    ],
)  # fmt: skip
def test_a_reply_begins_with_what_its_sender_wrote(text: str, first: str) -> None:
    assert first_own_line(text) == first


def test_what_was_withdrawn_hides_nothing_and_counts_as_nothing_said(demo: Config, isolated: Path) -> None:
    from triage.opinion.give import withdraw

    record = give_opinion(demo, "unsigned@example.org", "disagree", "DCO001", "no")
    withdraw(demo, record)
    assert not Session(demo).line("unsigned@example.org").mine
    as_cora(isolated)
    assert Session(demo).line("unsigned@example.org").hidden == 0


def test_a_subject_never_mixes_two_mails(demo: Config) -> None:
    """While another mail is being read, an act is about that mail, not about a line of the one that is still shown."""

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("llm-0@example.org")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        screen.mails().cursor = 1
        subject = screen.subject()
        assert subject is not None
        assert (subject.name, subject.line, subject.finding) == ("llm-1@example.org", None, "")
        await settle(pilot)

    drive(demo, steps)


def test_a_question_is_answered_by_y_or_n_and_nothing_else(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        await press_on("unsigned@example.org", "o", "ctrl+y")(pilot)
        await press("z", "x", "j", "n")(pilot)
        assert "your agree on DCO001 stays" in said(pilot)
        await press("z", "y")(pilot)
        assert app.session.findings("unsigned@example.org")[0].opinions == ()

    drive(demo, steps)


def test_a_click_shows_a_view_and_the_mouse_takes_text(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, InboxScreen)
        title = screen.query_one("#title")
        at = title.text.index("2:New") + 1  # type: ignore[attr-defined]
        await pilot.click("#title", offset=(at, 0))
        await settle(pilot)
        assert screen.view == 2
        await pilot.press("0")
        await settle(pilot)
        await go_to("pair@example.org")(pilot)
        await pilot.mouse_down("#text", offset=(0, 0))
        await pilot.hover("#text", offset=(20, 1))
        await pilot.mouse_up("#text", offset=(20, 1))
        await settle(pilot)
        chosen = pilot.app.screen.get_selected_text()
        assert chosen is not None
        assert chosen.count("\n") == 1

    drive(demo, steps, (100, 30))


def test_what_another_window_noted_is_seen_here(demo: Config) -> None:
    session = Session(demo)
    session.changed()
    assert session.changed() is False
    Session(demo).mark("pair@example.org", session.line("llm-0@example.org").state)
    assert session.changed()
    assert session.changed() is False


def test_a_page_down_before_the_palette_is_laid_out_ends_nothing(demo: Config) -> None:
    from textual.widgets import OptionList

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TriageApp)
        early = OptionList("a", "b")
        early.highlighted = 0
        with pytest.raises(KeyError) as raised:
            early.action_page_down()
        app._handle_exception(raised.value)
        assert app.is_running
        await pilot.press("j")

    drive(demo, steps)


def test_nothing_typed_at_the_end_reaches_a_palette_that_was_closed(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p")
        await settle(pilot)
        palette = pilot.app.screen
        assert isinstance(palette, Palette)
        palette.query_one(Input).value = "w"
        palette.dismiss()
        palette.dismiss()  # Escape twice in one read
        await pilot.pause(0.5)
        assert isinstance(pilot.app.screen, InboxScreen)

    drive(demo, steps)


def test_a_path_that_no_file_system_takes_is_said_and_ends_nothing(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        await pilot.press("w")
        await settle(pilot)
        form = pilot.app.screen
        field = form.query_one("#path", Input)
        for path, says in (("x" * 3000, "name too long"), ("~nobody-here/x", "cannot write")):
            field.value = path
            await settle(pilot)
            await pilot.press("ctrl+y")
            await settle(pilot)
            assert pilot.app.screen is form
            assert says in str(form.query_one("#problem", Static).render())

    drive(demo, steps)


def test_a_rule_that_does_not_apply_says_so(demo: Config) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await go_to("unsigned@example.org")(pilot)
        await pilot.press("K")
        await settle(pilot)
        text = "\n".join(line.text for line in pilot.app.screen.query_one(TextView).lines)
        assert "sob-rfc  does not apply: it is only for patch and rfc" in text
        assert "only where always" not in text

    drive(demo, steps)
