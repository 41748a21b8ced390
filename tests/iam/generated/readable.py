"""Whether a text is of an operator's kind: a number for ``Numeric…``, a date for ``Date…`` and so on."""

import ipaddress
import re
from collections.abc import Callable


def fits_operator(operator: str, text: str) -> bool:
    """Whether the operator can read the text."""
    return _kind(operator)(text)


def _kind(operator: str) -> Callable[[str], bool]:
    name = operator.rpartition(":")[2]
    return next((kind for start, kind in _KINDS.items() if name.startswith(start)), lambda _: True)


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


_KINDS = {
    "Numeric": lambda text: re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None,
    "Date": lambda text: (
        re.fullmatch(r"\d{1,12}|\d{4}-\d\d-\d\d(T[\d:]+(Z|[+-]\d\d:\d\d))?", text) is not None
    ),
    "Bool": lambda text: text.lower() in {"true", "false"},
    "Arn": lambda text: text.count(":") >= 5,
    "IpAddress": _is_network,
    "NotIpAddress": _is_network,
}
