"""Says what IAM fills in for the variables of a policy.

>>> fillings(["arn:aws:s3:::home/${aws:username}/*"])
"for `${aws:username}` IAM fills in the caller's user name"
"""

import re
from collections.abc import Iterable

from liftgate.iam.explaining.keys import subject
from liftgate.iam.explaining.quoting import quoted

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_LITERAL = {"*": "a star itself", "?": "a question mark itself", "$": "a dollar sign itself"}


def fillings(texts: Iterable[str]) -> str:
    """For each variable what stands in its place; empty where there are none."""
    found = dict.fromkeys(match[0] for text in texts for match in _VARIABLE.finditer(text))
    return "; ".join(f"for {quoted(one)} IAM fills in {_meaning(one)}" for one in found)


def _meaning(variable: str) -> str:
    inside = variable[2:-1].strip()
    if inside in _LITERAL:
        return _LITERAL[inside]
    key, comma, rest = inside.partition(",")
    default = rest.strip()
    quotes = len(default) >= 2 and default[0] == default[-1] == "'" and "'" not in default[1:-1]
    if not key.strip() or "'" in key or (comma and not quotes):
        return "nothing: it is no variable"
    otherwise = default[1:-1]
    instead = f", or else {quoted(otherwise) if otherwise else 'nothing'}" if comma else ""
    return f"{subject(key.strip()).rstrip(',')}{instead}"
