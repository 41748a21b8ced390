"""Says what IAM fills in for the variables of a policy.

>>> fillings(["arn:aws:s3:::home/${aws:username}/*"])
"for `${aws:username}` IAM fills in the caller's user name"
"""

import re
from collections.abc import Iterable

from liftgate.iam.explaining.keys import subject
from liftgate.iam.explaining.quoting import quoted

_VARIABLE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_NAMED = re.compile(r"([^,']+?)\s*(?:,\s*'([^']*)')?")
_LITERAL = {"*": "a star itself", "?": "a question mark itself", "$": "a dollar sign itself"}


def fillings(texts: Iterable[str]) -> str:
    """For each variable what stands in its place; empty where there are none."""
    found = dict.fromkeys(match[0] for text in texts for match in _VARIABLE.finditer(text))
    return "; ".join(f"for {quoted(one)} IAM fills in {_meaning(one)}" for one in found)


def _meaning(variable: str) -> str:
    match = _VARIABLE.fullmatch(variable)
    inside = match[1] if match else ""
    if inside in _LITERAL:
        return _LITERAL[inside]
    named = _NAMED.fullmatch(inside)
    if named is None:
        return "nothing: it is no variable"
    default = "" if named[2] is None else f", or else {quoted(named[2]) if named[2] else 'nothing'}"
    return f"{subject(named[1]).rstrip(',')}{default}"
