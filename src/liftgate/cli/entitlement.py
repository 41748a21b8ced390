"""One entitlement of the catalogue in plain words: the most that may be asked for, and who agrees."""

from liftgate.cli.fields import JsonObject, as_object, flag, items, number, optional, seconds, text, texts
from liftgate.span import in_words


def entitlement_fields(entitlement: JsonObject) -> list[tuple[str, str]]:
    """Labels and texts, in the order in which somebody who asks needs them."""
    ceiling = as_object(entitlement.get("ceiling"), "ceiling")
    fields = [
        ("about", text(entitlement, "description")),
        ("what", text(ceiling, "in_words")),
        ("actions", ", ".join(texts(ceiling, "actions"))),
        ("where", ", ".join(texts(ceiling, "locations"))),
        ("longest", in_words(seconds(entitlement, "longest_seconds"))),
        ("review", _review(entitlement)),
    ]
    at_once = optional(seconds, entitlement, "without_review_seconds")
    if at_once:
        actions = ", ".join(texts(entitlement, "without_review_actions"))
        fields.append(("at once", f"up to {in_words(at_once)} without a review: {actions}"))
    fields.append(("reason", f"at least {number(entitlement, 'justification_at_least')} characters"))
    if flag(entitlement, "ticket_required"):
        pattern = optional(text, entitlement, "ticket_pattern")
        fields.append(("ticket", f"needed, like {pattern}" if pattern else "needed"))
    fields.append(("you", _you(entitlement)))
    fields.append(("role", text(entitlement, "role_arn")))
    return fields


def _review(entitlement: JsonObject) -> str:
    people = [as_object(item, "reviewers") for item in items(entitlement, "reviewers")]
    names = ", ".join(text(person, "name") for person in people)
    return f"{number(entitlement, 'approvals')} of {names}"


def _you(entitlement: JsonObject) -> str:
    may = [
        word for word, name in (("ask", "may_request"), ("review", "may_review")) if flag(entitlement, name)
    ]
    return f"may {' and '.join(may)}" if may else "may look at it"
