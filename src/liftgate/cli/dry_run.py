"""What would become of an ask, as the server answers it, told in words."""

from collections.abc import Iterator

from liftgate.cli.fields import JsonObject, as_object, flag, items, moment, number, optional, seconds, text
from liftgate.cli.moments import shown
from liftgate.cli.terminal import paint, paint_state, say, say_fields, say_folded
from liftgate.span import in_words

_OUTCOMES = {
    "refused": "it would be refused",
    "pending": "it would wait for a review",
    "approved": "it would be granted at once",
}

_PACKED = {
    "fits": "; STS was asked, and takes it",
    "not_asked": "; STS was not asked whether it fits",
}


def say_dry_run(answer: JsonObject) -> None:
    """Outcome and reasons first, then what each entitlement says. Raises ``AnswerUnreadable``."""
    outcome = text(answer, "outcome")
    say(
        f"{paint('dry run', 'bold')}  {paint_state(outcome)}: {_OUTCOMES.get(outcome, outcome)}; nothing was sent"
    )
    say_fields(list(_fields(answer)))
    for one in items(answer, "considered"):
        _say_considered(as_object(one, "considered"))


def _fields(answer: JsonObject) -> Iterator[tuple[str, str]]:
    for reason in _reasons(answer):
        yield "because", reason
    scope = optional(lambda source, name: as_object(source.get(name), name), answer, "scope")
    if scope is not None:
        yield "what", text(scope, "in_words")
        yield "for", in_words(seconds(answer, "duration_seconds"))
        yield "through", text(answer, "entitlement")
    stages = [as_object(one, "stages") for one in items(answer, "stages")]
    for stage in stages:
        yield "review" if len(stages) == 1 else f"stage {text(stage, 'name')}", _stage(stage)
    lapses_at, look_by = optional(moment, answer, "lapses_at"), optional(moment, answer, "look_by")
    if lapses_at is not None:
        yield "lapses", shown(lapses_at)
    if look_by is not None:
        yield "looked at", f"by {shown(look_by)}, afterwards"
    policy = optional(lambda source, name: as_object(source.get(name), name), answer, "policy")
    if policy is not None:
        packed = _PACKED.get(text(policy, "packed"), "")
        yield "policy", f"{number(policy, 'characters')} of {number(policy, 'most')} characters{packed}"


def _stage(stage: JsonObject) -> str:
    people = [text(as_object(one, "reviewers"), "name") for one in items(stage, "reviewers")]
    count = number(stage, "approvals")
    team = ", of another team" if flag(stage, "other_team") else ""
    return f"{count} approval{'' if count == 1 else 's'} of {', '.join(people) or 'nobody'}{team}"


def _say_considered(one: JsonObject) -> None:
    fits = "fits" if flag(one, "fits") else "does not fit"
    say(f"\n{paint(text(one, 'entitlement'), 'bold')}: {fits}")
    for reason in _reasons(one):
        say_folded("  - ", reason, indent=4)
    for item in items(one, "conditions"):
        condition = as_object(item, "conditions")
        outcome = text(condition, "outcome").replace("_", " ")
        say_folded("  - ", f"{text(condition, 'of')}: `{text(condition, 'condition')}` {outcome}", indent=4)
        facts = [as_object(fact, "facts") for fact in items(condition, "facts")]
        told = [f"{text(fact, 'name')} = {optional(text, fact, 'value') or 'not told'}" for fact in facts]
        if told:
            say_folded("    ", "; ".join(told), indent=4)


def _reasons(source: JsonObject) -> Iterator[str]:
    for reason in items(source, "because"):
        found = as_object(reason, "because")
        yield f"{text(found, 'detail')} ({text(found, 'advice')})"
