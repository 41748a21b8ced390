"""Messages and forms for Slack (Block Kit). What people wrote stands in ``plain_text`` alone: nothing in it is a link, a mention or
an emoji, and none of it is bold. Pure.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from liftgate.access.model import Answer
from liftgate.access.request_words import Outcome, RequestWords

Block: TypeAlias = dict[str, Any]

ACTIONS: Final[Mapping[str, Answer]] = {"liftgate_approve": Answer.APPROVE, "liftgate_deny": Answer.DENY}
FORM: Final = "liftgate_answer"
REASON: Final = "reason"
SHORTER: Final = "shorter"
ONLY: Final = "only"

# What Slack takes at most, in characters.
_HEADER: Final = 150
_FIELD: Final = 2_000
_SECTION: Final = 3_000
_URL: Final = 3_000
LONGEST_REASON: Final = 2_000  # what a comment may have
_LONGEST_SPAN: Final = 40
_LONGEST_PLACES: Final = 3_000  # Slack takes no more in one input


@dataclass(frozen=True, slots=True, kw_only=True)
class MayBeLess:
    """What an approval can be less than."""

    longest: str  # as people write it: "20m"
    narrower: bool  # whether it can be approved for fewer places


def request_message(
    words: RequestWords, outcome: Outcome, *, request_id: str, link: str | None
) -> dict[str, Any]:
    """A request as a message: with buttons while it waits, with what became of it afterwards."""
    blocks: list[Block] = [
        {"type": "header", "text": plain(words.headline, _HEADER)},
        *(
            {"type": "section", "fields": [_bold(fact.name), plain(fact.text, _FIELD)]}
            for fact in words.facts
            if fact.name != "Who"  # it stands above
        ),
    ]
    if words.unusual:
        said = plain("; ".join(words.unusual), _FIELD)
        blocks.append({"type": "section", "fields": [_bold("Unusual"), said]})
    blocks.append({"type": "section", "fields": [_bold("State"), plain(outcome.sentence, _FIELD)]})
    if outcome.is_open:
        blocks.append({"type": "actions", "elements": [*_buttons(request_id), *_look(link)]})
    blocks.append({"type": "context", "elements": [plain(request_id, _FIELD)]})
    return {"text": escaped(_cut(f"{words.headline}: {outcome.sentence}", _SECTION // 2)), "blocks": blocks}


def reminder_message(
    words: RequestWords,
    outcome: Outcome,
    *,
    users: Sequence[str],
    people: Sequence[str],
    others: int,
    is_new_to_them: bool,
) -> dict[str, Any]:
    """A reply that calls those who may answer.

    Args:
        words: the request.
        outcome: what it has come to.
        users: ``T…/U…``, who are mentioned: https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
        people: their names, and of those whose Slack users are not known.
        others: how many more there are.
        is_new_to_them: they may answer since nobody else did.

    """
    mentions = " ".join(f"<@{user.partition('/')[2]}>" for user in users)
    names = ", ".join([*people, *([f"{others} more"] if others else [])])
    what = "Nobody answered yet, so these may now" if is_new_to_them else "Still waits for an answer of"
    said = _cut(f"{what}: {names}. {words.headline}; it {outcome.sentence}.", _SECTION // 2)
    calling: list[Block] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": mentions, "verbatim": True}}
    ]
    return {
        "text": f"{mentions} {escaped(said)}".strip(),
        "blocks": [*(calling if mentions else []), {"type": "section", "text": plain(said, _SECTION)}],
    }


def answer_form(
    words: RequestWords, answer: Answer, *, sealed: str, less: MayBeLess | None = None
) -> dict[str, Any]:
    """The form that asks for a reason; of a denial there must be one. An approval may be of less, where that is said."""
    approves = answer is Answer.APPROVE
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": sealed,
        "title": plain("Approve" if approves else "Deny", 24),
        "submit": plain("Approve" if approves else "Deny", 24),
        "close": plain("Back", 24),
        "blocks": [
            {"type": "section", "text": plain(words.headline, _SECTION)},
            *(
                {"type": "section", "fields": [_bold(fact.name), plain(fact.text, _FIELD)]}
                for fact in words.facts
                if fact.name in {"What", "How long"}
            ),
            _input(REASON, "Reason", optional=approves, most=LONGEST_REASON, multiline=True),
            *(_less_inputs(less) if approves and less else ()),
        ],
    }


def _less_inputs(less: MayBeLess) -> Iterator[Block]:
    hint = f"At most {less.longest}, such as 15m. Nothing: as long as was asked for."
    yield _input(SHORTER, "For how long", most=_LONGEST_SPAN, hint=hint)
    if less.narrower:
        hint = "Inside what was asked for, one a line. Nothing: everywhere that was asked for."
        yield _input(ONLY, "Only there", most=_LONGEST_PLACES, multiline=True, hint=hint)


def _input(
    name: str, label: str, *, most: int, optional: bool = True, multiline: bool = False, hint: str = ""
) -> Block:
    """https://docs.slack.dev/reference/block-kit/blocks/input-block"""
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain(label, 2_000),
        **({"hint": plain(hint, 2_000)} if hint else {}),
        "element": {
            "type": "plain_text_input",
            "action_id": name,
            "multiline": multiline,
            "max_length": most,
        },
    }


def notice_form(sentence: str) -> dict[str, Any]:
    """What a form is replaced by, where there is nothing to fill in."""
    return {
        "type": "modal",
        "title": plain("Liftgate", 24),
        "close": plain("Close", 24),
        "blocks": [{"type": "section", "text": plain(sentence, _SECTION)}],
    }


def plain(text: str, most: int) -> Block:
    """Text that is nothing but text."""
    return {"type": "plain_text", "text": _cut(text, most) or "-", "emoji": False}


def escaped(text: str) -> str:
    """Text for where Slack reads its own marks: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _bold(ours: str) -> Block:
    return {"type": "mrkdwn", "text": f"*{ours}*", "verbatim": True}


def _buttons(request_id: str) -> list[Block]:
    styles = {Answer.APPROVE: ("Approve", "primary"), Answer.DENY: ("Deny", "danger")}
    return [
        {
            "type": "button",
            "action_id": action,
            "text": plain(styles[answer][0], 75),
            "style": styles[answer][1],
            "value": request_id,
        }
        for action, answer in ACTIONS.items()
    ]


def _look(link: str | None) -> list[Block]:
    if link is None or len(link) > _URL:
        return []
    return [{"type": "button", "action_id": "liftgate_look", "text": plain("Look", 75), "url": link}]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
