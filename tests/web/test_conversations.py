"""Conversations stay with the browser that leads them, whatever it and others do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from ui import conversations as limits
from ui.conversation import Turn
from ui.conversations import ConversationFull, Conversations, ConversationUnknown, shortened


class Clock:
    """Time that goes on by a second at each look."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        self.seconds += 1
        return self.seconds

    def now(self):
        return datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=self())


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def kept(clock):
    return Conversations(clock, clock.now)


def turns(*questions):
    return [Turn(question, "incomplete") for question in questions]


def ids(conversations):
    return [known.id for known in conversations]


def test_the_last_to_change_comes_first(kept):
    one, other = kept.create("a", turns("一")), kept.create("a", turns("two"))
    assert ids(kept.list("a")) == [other.id, one.id]
    kept.replace_turns("a", one.id, turns("一", "二"))
    assert ids(kept.list("a")) == [one.id, other.id]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("亚马逊 2026 年的\n资本支出是多少？", "亚马逊 2026 年的 资本支出是多少？"),
        ("问" * 41, "问" * 39 + "…"),
        ("How much will Amazon's capital expenditure be in 2026?", "How much will Amazon's capital…"),
        ("亚马逊今年把大约四分之三的预算用在 AWS 上，其余的钱花在哪里，由谁来决定，又有谁反对？",
         "亚马逊今年把大约四分之三的预算用在 AWS 上，其余的钱花在哪里，由谁来决定…"),
        ("x" * 60, "x" * 39 + "…"),
        ("  ", ""),
    ],
)  # fmt: skip
def test_a_conversation_is_called_by_its_first_question(kept, question, title):
    assert kept.create("a", turns(question, "next?")).title == title
    assert len(title) <= limits.LONGEST_TITLE


def test_a_name_stays_whatever_is_said_later(kept):
    known = kept.create("a", turns("一"))
    kept.rename("a", known.id, " 年度 budget\n")
    assert kept.replace_turns("a", known.id, turns("二")).title == "年度 budget"


def test_a_name_that_is_taken_away_is_the_first_question_again(kept):
    known = kept.create("a", turns("一"))
    kept.rename("a", known.id, "年度")
    assert kept.rename("a", known.id, " ").title == "一"
    assert kept.replace_turns("a", known.id, turns("二")).title == "二"


def test_to_be_renamed_is_not_to_be_led(kept):
    one, other = kept.create("a", turns("一")), kept.create("a", turns("two"))
    kept.rename("a", one.id, "先")
    assert ids(kept.list("a")) == [other.id, one.id]


def test_what_was_deleted_can_be_put_back_where_it_was(kept):
    one, two, three = (kept.create("a", turns(question)) for question in "一二三")
    assert kept.delete("a", two.id) == two
    with pytest.raises(ConversationUnknown):
        kept.get("a", two.id)
    kept.restore("a", two)
    assert kept.list("a") == [three, two, one]


def test_a_conversation_has_a_limit_and_says_so(kept):
    known = kept.create("a", turns(*"x" * limits.MOST_TURNS))
    with pytest.raises(ConversationFull, match="start a new one"):
        kept.replace_turns("a", known.id, [*known.turns, *turns("more")])
    assert kept.get("a", known.id) == known


def test_of_too_many_conversations_the_oldest_goes(kept):
    first, second, *_ = [kept.create("a") for _ in range(limits.MOST_CONVERSATIONS + 1)]
    held = ids(kept.list("a"))
    assert (len(held), first.id in held, second.id in held) == (limits.MOST_CONVERSATIONS, False, True)


def test_of_too_many_sessions_the_one_that_was_idle_longest_goes(kept, monkeypatch):
    monkeypatch.setattr(limits, "MOST_SESSIONS", 2)
    for session in "ab":
        kept.create(session)
    kept.list("a")
    kept.create("c")
    assert [len(kept.list(session)) for session in "abc"] == [1, 0, 1]


def test_what_is_idle_for_a_day_is_forgotten(kept, clock):
    kept.create("a")
    clock.seconds += limits.IDLE_SECONDS / 2
    kept.create("b")
    clock.seconds += limits.IDLE_SECONDS / 2
    assert (kept.list("a"), len(kept.list("b"))) == ([], 1)


def test_a_session_that_ends_takes_everything_with_it(kept):
    known = kept.create("a", turns("一"))
    kept.forget_session("a")
    with pytest.raises(ConversationUnknown):
        kept.get("a", known.id)


@pytest.mark.parametrize(
    "text", ["一二三" * 30, "one two three " * 10, "用 FAISS 查找 " * 9, "a" * 39 + " b", "，" * 50]
)
def test_a_short_title_is_a_beginning_of_the_long_one(text):
    short = shortened(text)
    assert len(short) <= limits.LONGEST_TITLE
    assert text.startswith(short.removesuffix("…"))


class TwoBrowsers(RuleBasedStateMachine):
    """Two sessions do everything in any order; each sees what it would see alone."""

    sessions = st.sampled_from("ab")
    known = Bundle("known")
    deleted = Bundle("deleted")

    def __init__(self):
        super().__init__()
        clock = Clock()
        self.kept = Conversations(clock, clock.now)
        self.expected = {"a": {}, "b": {}}

    @rule(target=known, session=sessions, question=st.text(max_size=5))
    def create(self, session, question):
        made = self.kept.create(session, turns(question))
        self.expected[session][made.id] = [question]
        return session, made.id

    @rule(item=known, session=sessions, questions=st.lists(st.text(max_size=5), max_size=3))
    def say(self, item, session, questions):
        _, number = item
        if number in self.expected[session]:
            self.kept.replace_turns(session, number, turns(*questions))
            self.expected[session][number] = questions
        else:
            with pytest.raises(ConversationUnknown):
                self.kept.replace_turns(session, number, turns(*questions))

    @rule(item=known, session=sessions)
    def rename(self, item, session):
        _, number = item
        if number in self.expected[session]:
            assert self.kept.rename(session, number, "名").title == "名"
        else:
            with pytest.raises(ConversationUnknown):
                self.kept.rename(session, number, "名")

    @rule(target=deleted, item=known, session=sessions)
    def delete(self, item, session):
        _, number = item
        if number not in self.expected[session]:
            with pytest.raises(ConversationUnknown):
                self.kept.delete(session, number)
            return multiple()
        del self.expected[session][number]
        return session, self.kept.delete(session, number)

    @rule(item=consumes(deleted))
    def restore(self, item):
        session, conversation = item
        self.kept.restore(session, conversation)
        self.expected[session][conversation.id] = [turn.question for turn in conversation.turns]

    @invariant()
    def each_sees_its_own(self):
        for session, expected in self.expected.items():
            seen = {known.id: [turn.question for turn in known.turns] for known in self.kept.list(session)}
            assert seen == expected


TestTwoBrowsers = TwoBrowsers.TestCase
TestTwoBrowsers.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
