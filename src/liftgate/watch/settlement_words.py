"""A settlement in plain sentences, and what to paste for the next time."""

import shlex
from collections.abc import Iterator

from liftgate.iam.explain import explain_scope
from liftgate.iam.scope import Scope
from liftgate.watch.settlement import Settlement


def sentences(settlement: Settlement) -> tuple[str, ...]:
    """What became of the grant, for a tired reader."""
    return tuple(_sentences(settlement))


def in_short(settlement: Settlement) -> str:
    """The same in one line, without what was granted and found."""
    if settlement.could_be_narrower:
        return f"{_use(settlement)}; less would have sufficed"
    return _use(settlement)


def _sentences(settlement: Settlement) -> Iterator[str]:
    yield f"Granted: {explain_scope(settlement.granted)}."
    used = _use(settlement)
    yield f"{used[0].upper()}{used[1:]}."
    if settlement.open_because is not None:
        yield f"What would have sufficed is open: {settlement.open_because}."
    elif settlement.sufficed is not None and settlement.could_be_narrower:
        yield f"This would have sufficed: {explain_scope(settlement.sufficed)}."
        if settlement.beside:
            yield f"But it would not allow {'; '.join(settlement.beside)}, as the grant did."
    elif settlement.sufficed is not None:
        yield "All of it was needed."
    if settlement.findings:
        yield f"{_count(len(settlement.findings), 'finding')}: {', '.join(settlement.findings)}."


def _use(settlement: Settlement) -> str:
    if not settlement.was_used:
        tried = settlement.refused
        return "never used" if not tried else f"never used: {_count(tried, 'call')} tried, all refused"
    refused = f", {settlement.refused} of them refused" if settlement.refused else ""
    return f"used: {_count(settlement.calls, 'call')}{refused}{_volume(settlement)}"


def _volume(settlement: Settlement) -> str:
    told = [
        f"{_size(number)} {way}"
        for number, way in ((settlement.bytes_in, "sent"), (settlement.bytes_out, "fetched"))
        if number
    ]
    return f", {' and '.join(told)}" if told else ""


def _size(number: int) -> str:
    amount, units = float(number), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{amount:.0f} {units[0]}" if units[0] == "bytes" or amount >= 100 else f"{amount:.1f} {units[0]}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def request_line(scope: Scope) -> str:
    """The command that asks for a scope; what it is for and how long are for the asker to say."""
    actions = [f"--action {action}" for action in sorted(scope.actions)]
    places = [shlex.quote(str(place)) for place in sorted(scope.locations)]
    return f'liftgate request {" ".join([*places, *actions])} --for SPAN --reason "…"'


def catalogue_lines(scope: Scope) -> str:
    """The ceiling of an entitlement that is just this scope, as the catalogue's YAML."""
    actions = ", ".join(sorted(action.removeprefix("s3:") for action in scope.actions))
    places = [f"    - {_yaml(str(place))}" for place in sorted(scope.locations)]
    keys = [f"    - {_yaml(key)}" for key in sorted(scope.kms_keys)]
    return "\n".join(
        [
            "ceiling:",
            f"  actions: [{actions}]",
            "  locations:",
            *places,
            *(["  kms_keys:", *keys] if keys else []),
        ]
    )


def _yaml(text: str) -> str:
    """A text as a double-quoted scalar: no word in it can mean anything to YAML."""
    escaped = "".join(
        character if character.isprintable() and character not in '"\\' else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{escaped}"'
