# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of the index for people who ask their own questions of it, with Datasette or sqlite3; the program itself does not read them."""

from triage.store.statement import OPEN_ONES

_FLAGGED = "s.error + s.warn + s.ask > 0"
_WHO = "case when {0}_name = '' then {0}_email else {0}_name || ' <' || {0}_email || '>' end"

VIEWS = (
    f"""create view patch_series as
       select s.id, s.subject, s.version, {_WHO.format("s.author")} as author, datetime(s.posted, 'unixepoch') as posted,
       (select group_concat(name, ', ') from
         (select name from series_list l join list on list.id = l.list where l.series = s.id order by name)) as lists,
       s.received as patches, s.total as announced, s.error as errors, s.warn as warnings, s.ask as questions, s.info as notes,
       s.tools as declared_tools, s.agree, s.disagree, s.unsure, s.superseded, s.message_id, s.topic
       from series s order by s.posted desc""",
    f"""create view patch_mail as
       select m.message_id, m.series, m.subject, m.kind, {_WHO.format("m.author")} as author, datetime(m.posted, 'unixepoch') as posted,
       m.n, m.total,
       (select count(*) from json_each(m.trailers) t where t.value ->> 0 = 'Signed-off-by' and t.value ->> 3 = 'message') as signoffs,
       (select group_concat(f.value ->> 0, ' ') from json_each(m.files) f) as files
       from message m where m.kind in ('patch', 'reply-patch', 'pull') and m.gone = '' order by m.posted desc""",
    f"""create view open_finding as
       select f.series, s.subject, f.code, f.name, f.severity, f.status, f.says, f.quote, f.message as message_id, f.line, f.exception,
       f.rule, f.pack, f.source, datetime(s.posted, 'unixepoch') as posted
       from finding f join series s on s.id = f.series where f.status in {OPEN_ONES} and not s.superseded
       order by s.posted desc""",
    """create view ai_evidence as
       select m.series, s.subject, e.value ->> 9 as says, e.value ->> 0 as class, e.value ->> 3 as role, e.value ->> '$[10][0]' as tool,
       e.value ->> 1 as said_by, e.value ->> 4 as quote, e.value ->> 11 as why, m.message_id, e.value ->> 6 as line,
       datetime(m.posted, 'unixepoch') as posted
       from message m join json_each(m.evidence) e left join series s on s.id = m.series where m.evidence != '[]' and m.gone = ''
       order by m.posted desc""",
    f"""create view said_by_reviewers as
       select t.series, s.subject, {_WHO.format("o.reviewer")} as reviewer, o.kind, t.state, t.why, f.code, o.reason, o.time, o.signed,
       o.id as record
       from standing t join opinion o using (log, commit_id) join series s on s.id = t.series
       left join finding f on f.series = t.series and f.id = t.finding and t.finding != '' order by o.time desc""",
    f"""create view series_a_week as
       select date(s.posted, 'unixepoch', 'weekday 0', '-6 days') as week, count(*) as series, sum({_FLAGGED}) as flagged,
       sum(s.tools != '') as declaring_ai from series s group by week order by week desc""",
)
