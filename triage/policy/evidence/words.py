# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader's vocabulary: which words are of which class, by the part that they play in a sentence about a machine."""

import re

from triage.model.expression import expression


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


FIRST = word_set("i i'm i've i'd i'll we we've we're we'd we'll my me mine myself us our ours ourselves im ive")
FIRST_SUBJECT = word_set("i i'm i've i'd i'll we we've we're we'd we'll im ive myself")
OTHERS = word_set(
    "he she they he's she's they're they've his her hers their theirs him them people users somebody someone anybody anyone everybody "
    "everyone contributors "
    "developers maintainers reviewers submitters students colleague colleagues author's submitter newcomers folks company vendors "
    "vendor customer"
)
SECOND = word_set("you your yours yourself you've you're you'd you'll")
NEGATION = word_set("no not never none nothing nobody neither nor without cannot zero non")
NOT_NEGATING = word_set("only just entirely all everything much least solely merely always")
EXCEPTING = word_set("but except besides apart beyond aside other excepting save than")
CONDITION = word_set("if unless whether suppose supposing assuming imagine provided lest whenever")
MODAL = word_set(
    "would could should may might must can will shall i'd i'll we'd we'll you'd you'll he'd she'd they'd it'd he'll she'll they'll it'll "
    "cannot ought let's won't wouldn't couldn't shouldn't mustn't can't please"
)
BE = word_set("is was were are been be being am it's that's they're isn't wasn't weren't aren't i'm we're these're get gets got ai's")
HAVE = word_set("has have had haven't hasn't hadn't i've we've it's having")
DO = word_set("do does did didn't doesn't don't done")
DETERMINERS = word_set(
    "a an the this that these those my our your his her its some any each every all both another one most many several few"
)
DEFINITE = word_set("the this that these those my our its all both each every one most")
BY = word_set("by with via using through from of thx to in on out at within under inside per per")
CONTRIBUTION = word_set(
    "patch patches series commit commits change changes code driver drivers test tests testcase testcases text message messages "
    "description descriptions function "
    "functions table tables loop fix fixes pr mr diff hunk hunks work cover letter translation translations strings documentation docs "
    "page comment "
    "comments changelog parser file files implementation conversion version draft drafts thing parts part script harness reproducer "
    "submission contribution request bulk "
    "boilerplate refactoring rename renaming logic wording english grammar algorithm idea analysis summary tests selftest selftests "
    "line lines everything this it these most half some rest all section sections port rewrite prototype patchset"
)
INSTRUMENTS = word_set("tool tools analyzer analyser analyzers checker checkers fuzzer fuzzers scanner linter bot plugin dashboard website")
"""What finds or checks, and is not itself what is sent, unless it is "this" one."""
CAUSATIVE = word_set(
    "had have got get let make made asked ask told tell gave give fed feed handed hand pointed point prompted prompt instructed "
    "instruct ran run used use using "
    "letting having asking telling giving feeding running getting pushed put sent passed threw consulted employed tried took worked "
    "paired chatted"
)
TALK = word_set(
    "say says said see saw seen mention mentioned mentions discuss discussed discusses think thought believe know knew add added adds "
    "adding allow allowed allows "
    "support supports supported teach teaches taught document documents documented describe ignore ignores ignored accept accepts "
    "accepted warn warns warned skip skips "
    "skipped forbid forbids forbade ban bans banned reject rejects rejected declines decline declined remove removed removes drop "
    "dropped drops like dislike hate want wants wanted read heard "
    "hear expect expects wonder wondered mean means meant ask? address addressed addresses answered answer replied fear count counted "
    "exempt exempts label labels detect detects "
    "block blocks blocked install installed integrate integrates integrated expose exposes let? tells clarify clarifies permit permits "
    "disallow"
)
"""Verbs whose object is spoken of or is what a program deals with, not what did the work."""
REPORTING = word_set(
    "says said reports reported claims claimed thinks thought flagged flags complained complains mentioned warns warned wants wanted "
    "asks noted notes"
)
SCANNERS = word_set("scanner checker scan report reports finding findings ci")
REPORTED = word_set("reported flagged noted raised")
REPORT_HEADS = word_set(
    "review reviews reviewer reviewers report reports finding findings comment comments remark remarks checker scanner scan bot bots "
    "ci feedback complaint complaints reviewbot"
)
WORK_HEADS = word_set(
    "slop garbage nonsense output outputs work code draft drafts help assistance aid support session sessions suggestion suggestions "
    "completion completions autocomplete autocompletion version prompt prompts translation mode"
)
TOOL_HEADS = word_set(
    "tool tools tooling agent agents assistant assistants model models chatbot chatbots bot cli session sessions ide editor coder "
    "pilot llm llms system systems product products helper companion pair"
)
TOPIC_HEADS = word_set(
    "policy policies rule rules guideline guidelines disclosure disclosures contribution contributions submission submissions content "
    "tag tags trailer trailers question questions header headers "
    "support provider providers api apis company companies vendor vendors inference workload workloads file files folder folders "
    "settings summit debate debates hype feature features developers users "
    "engine engines accelerator accelerators channel channels subdevice subdevices command commands convert timing input inputs "
    "conversion usage-policy statement ban bans era plugin integration "
    "disclosure: rows client clients contributors contributor patches slop-policy section credits people generation applications "
    "application libraries library research process exception exceptions"
)
PARTICIPLE_AFTER = word_set(
    "assisted generated written produced made authored created aided drafted coded translated reviewed based driven powered supported "
    "supplied suggested written-by developed built "
    "prepared completed polished found composed derived enhanced augmented spotted discovered"
)
MAKING = word_set(
    "implementation make makes making made generate generates generated generating genrated write writes wrote written writen writing "
    ""
    "coded coding produce produces produced create creates created draft drafts drafted develop develops "
    "developed implement implements implemented author authored build builds built convert converts converted converting rename "
    "renames renamed renaming port ports ported porting rewrite rewrites rewrote rewritten refactor refactors refactored "
    "optimise optimised optimize optimized clean cleaned type typed typing fill filled complete completed completing replace replaced "
    "fix fixed craft crafted compose composed derive derived adapt adapted "
    "transform transformed transcribe transcribed provide provided contribute contributed spit spat redo redid redone rework reworked "
    "design designed extend extended simplify simplified "
    " split flesh fleshed assemble assembled prototype prototyped propose proposed invent invented hammer hammered cook cooked "
    "vibe-coded knock knocked churn churned emit emitted scaffold scaffolded "
    "autocomplete autocompleted synthesize synthesized sketch sketched format formatted reformatted annotate annotated deduplicate "
    "insert inserted emitted modernise modernised modernize modernized migrate migrated whip whipped "
)
FINDING = word_set(
    "stumble stumbled find finds found finding spot spots spotted discover discovers discovered notice notices noticed identify "
    "identified detect "
    "detected pointed flagged caught catch uncovered dug hunt hunted audit audited candidates leak leaks audit"
)
REVIEWING = word_set("review reviews reviewed reviewing check checks checked checking proofread vet vetted inspect inspected sanity second")
DEBUGGING = word_set(
    "kasan kcsan lockdep timeline hang crash traces debug debugs debugged debugging diagnose diagnosed trace traced bisect bisected "
    "bisection culprit cause analysed analyzed analysis analyse analyze decode decoded narrowed narrow pinpoint pinpointed "
    "track tracked log logs dump dumps oops backtrace objdump root dmesg ftrace xentrace strace coredump crash investigate "
    "investigated investigation isolate isolated"
)
RESEARCHING = word_set(
    "research researched explain explained explains explaining specification spec datasheet manual learn learned learnt understand "
    "understood understanding knowledge brainstorm brainstormed discuss discussed summarise summarised summarize "
    "summarized summary-of lookup standard sdks recommend recommended chapter terminology background walk walked teach taught"
)
DESCRIBING = word_set(
    "changelog changelogs description descriptions message messages wording reworded reword cover letter text grammar spelling spell typo "
    "typos english prose sentences phrase phrased phrasing language polish polished polishing summary summarised explanation "
    "explanations letter commit-message punctuation proofread proofreading rephrase rephrased tone"
)
TRANSLATING = word_set(
    "translate translates translated translating translation translations translator localise localised localize localized"
)
TESTING = word_set(
    "test tests testcase testcases test-case testing selftest selftests kunit qtest reproducer repro fuzzing fuzzer harness fuzz "
    "testsuite unittest unittests fixture regression-test test-suite poc"
)
LANGUAGES = word_set(
    "chinese russian german french spanish japanese korean portuguese italian polish ukrainian turkish czech hungarian galician uzbek "
    "vietnamese hindi arabic hebrew dutch finnish swedish danish norwegian persian indonesian romanian greek"
)
USES = {
    "translation": expression(r"\btranslat", re.I | re.A),
    "accessibility": expression(r"\baccessib|\bscreen reader|\bdictat|\bdisabilit|\bblind\b|\bdyslexi", re.I | re.A),
    "typing-aid": expression(r"\bauto-?complet|\btab[- ]complet|\btyping\b|\bcode completion\b", re.I | re.A),
    "mechanical": expression(r"\brenam|\breformat|\bre-?indent|\bmechanical|\bwhitespace\b|\bsearch and replace\b", re.I | re.A),
    "grammar": expression(r"\bgrammar(?! (?:parser|file|rules?))|\bspell|\btypos?\b|\bproofread|\bpunctuation", re.I | re.A),
}
"""Uses that several policies leave alone, by the words that tell of them."""

PERSON_CUES = expression(
    r"\b(?:he|him|his|she|her|hers|lab|office|holidays?|team|colleague|cc|maintainer|reported-by|tested-by|reviewed-by|suggested-by|"
    r"met|retired|"
    r"kindly|volunteered|joined|meeting|yesterday|promised|phone|works? (?:at|for)|who (?:is|was|has) (?:the|our|my))\b", re.I | re.A
)  # fmt: skip
YES = expression(
    r"[^\w]{0,4}(?:(?:uh|oh|ah|well|hm+|ok(?:ay)?)[,. ]+)?(?:(?:yes|yep|yeah|yup|ja|oui|s[ií]|da|guilty|affirmative|partly|partially|"
    r"mostly|somewhat|a bit|a little|bit of both|in part|in a way|up to a point|"
    r"of course|absolutely|caught|busted|kind of|sort of|fair enough|i admit|i confess|i plead|是|はい)\b|(?:it was|it is|they were|"
    r"they are|i did|we did|i have|we have|you are|you're right|you are right|true|indeed(?: it (?:did|was|is))?|"
    r"correct|right|sure|both|some|y)(?=\s*(?:[,.;:!)(-]|$)))", re.I
)  # fmt: skip
NO = expression(
    r"[^\w]{0,4}(?:no|nope|nah|nay|none|never|not|nein|non|nothing|neither|nobody|n/a|n\.a\.|there(?: is|'s) nothing to (?:disclose|"
    r"declare|say)|false|0|zero|nil|keine?r?|ninguna?|"
    r"i (?:did|have|do|would) ?(?:not|n't|n’t|never)|i (?:didn|haven|don|wouldn)['’]t|"
    r"(?:it|this|they|that)(?:['’]s| is| was| are| were) not|(?:it|this|they|that) (?:isn|wasn|aren|weren)['’]t|you assume wrong|wrong|"
    r"handwritten|hand-written|by hand|niet|нет|否|没有|無し?|なし)(?![\w%])",
    re.I,
)
ENGLISH = word_set(
    "the a an is was were are be been by with of to in for and or not i we it this that from on as at my you no used use has have had "
    "did do but which so if all tests code patch written generated help let add adds fix make query when into new run than then get "
    "see one out up only some there their will can could would me us our also not after before while where fixes via using"
)

# what stands around the name of a machine ----------------------------------------------------------------------------------

BREAKS = frozenset([";", ":", "(", ")", "--", "\u2014", "\u2013", "[", "]", "!", "?"])
"""Marks that no clause crosses."""
JOINTS = word_set("but so while whereas because since although though which who")
"""Words that begin another clause."""
QUOTES = frozenset(['"', "'", "*", "_", "`", "\u201c", "\u201d"])
ADJECTIVES = word_set(
    "local own same new first little small large free whole very latest certain good of kind sort generative modern hosted paid coding "
    "autonomous @ 's called"
)
PORTION = word_set("kind sort bunch couple lot some any one none all")
KINDS = word_set("agent model assistant tool chatbot editor coder bot llm ide completion")
"""Nouns that a tool's name explains in brackets: "an agent (Droid)"."""
PRODUCT_NOUNS = word_set("agent model models coder session cli agents tool assistant chatbot chat instance panel composer plugin tab")
"""Nouns that belong to a tool's name where they follow it."""
SPEECH = word_set("mention say add note admit confess disclose point tell stress explain like also probably")
"""Verbs behind a modal that only say something: "I should mention that"."""
GIVING = word_set(
    "leave left leaving handed hand handing gave given give fed feed outsourced delegated entrusted showed shown sent passed asked "
    "credit thanks thx goes belongs due owe owed "
    "put submitted posted"
)
"""What leads to "to Claude": handed, thanks, credit goes."""
MEANS = word_set(
    "run runs round rounds pass session part help assistance aid use support courtesy work output out hand hands product involvement "
    "means virtue result pen creation ideas "
    "suggestion doing"
)
"""What leads to "of Claude": the work, the help, by means."""
APART = word_set("work works working compatible compatibility interoperate agree differ different talk compete")
"""What "with Claude" or "from Claude" goes with where nothing was made by it."""
EMPLOYED = word_set(
    "used involved asked employed able helpful consulted given told fed instrumental responsible right behind the my running kind let "
    "of handed shown set pointed put instructed "
    "prompted applied engaged deployed tasked"
)
"""Behind "Claude was": that it had part in something."""
ADVERBS = word_set(
    "also then just even simply first itself actually basically really kindly both all later only initially once again been already now"
)
IMPERATIVE = word_set("let ask tell use make give run get have put feed")
INTENT = word_set("going plan planning intend consider considering want hope wish let's welcome")
SHORT_OF = word_set("tempted temptation resisted tried almost nearly considered hesitated refused instead")
"""Words for what came near to happening."""
PURPOSE = word_set("mark query drive run handle tell disclose talk work review count")
FORM_TALK = word_set("assisted-by generated-by co-developed-by co-authored-by tag tags trailer trailers line lines")
AMENDING = word_set("add adds added adding restore restored forgot forgotten missing put include included lost carry amend amended")
USAGE = word_set("tool tools content code usage use assistance involvement")
JUDGING = word_set("take accept want allow permit know see trust")
"""Verbs of what a project does with contributions, not of who made one."""
DEGREE = word_set("all mostly partly entirely basically largely just pure only either also obviously clearly plainly verbatim")
UNDOING = word_set("revert reverts reverted reverting replaces undoes removes")
CONTRIBUTORS = word_set("contributions submissions contributors submitters")
COLLECTIVE = word_set("policy rules contributions submissions patches mails series")
CONTAINING = word_set("contains includes contain include uses has")
WORKS = word_set("exercise translation translations output draft version rewrite port conversion slop prototype experiment")
HELPING = word_set("help assist review find check translate")
AFTER_PREDICATE = word_set("and but for because as since when while like yet")
