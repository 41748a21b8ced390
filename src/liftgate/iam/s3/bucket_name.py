"""S3's bucket naming rules, said precisely.

Source: "General purpose bucket naming rules", Amazon S3 User Guide.
"""

import re

from liftgate.iam.errors import BadBucket

_RESERVED_STARTS = {
    "xn--": "is reserved",
    "sthree-": "is reserved",
    "amzn-s3-demo-": "is reserved for AWS's own examples",
}
_RESERVED_ENDS = {
    "-s3alias": "is the alias of an access point, not a bucket",
    "--ol-s3": "is the alias of an Object Lambda access point, not a bucket",
    ".mrap": "is a multi-Region access point, not a bucket",
    "--x-s3": "is a directory bucket, whose permissions are those of S3 Express",
    "--table-s3": "is a table bucket, whose permissions are those of S3 Tables",
}
_RIGHT = "a bucket's name has 3 to 63 lower-case letters, digits, `-` and `.`"


def check_bucket(name: str, text: str) -> None:
    """Refuse a name that no general purpose bucket can have. ``text`` is what the person wrote, for the error."""
    problem = _problem(name)
    if problem is not None:
        sentence, advice = problem
        raise BadBucket(sentence, advice=advice, value=text)


def _problem(name: str) -> tuple[str, str] | None:
    shown = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in name[:80])
    if any(wildcard in name for wildcard in "*?"):
        return f"the bucket `{shown}` has a wildcard", "name each bucket by itself"
    if "$" in name:
        return f"the bucket `{shown}` has a `$`", "write the name itself; variables are not filled in"
    odd = re.search(r"[^a-z0-9.-]", name)
    if odd:
        lower = name.lower()
        better = f"write `{lower}`" if re.fullmatch(r"[a-z0-9.-]+", lower) else _RIGHT
        character = odd[0] if odd[0].isprintable() else f"U+{ord(odd[0]):04X}"
        return f"the bucket `{shown}` has `{character}` at character {odd.start() + 1}", better
    if not 3 <= len(name) <= 63:
        return f"the bucket `{shown}` has {len(name)} characters", _RIGHT
    return _misshapen(name) or _reserved(name)


def _misshapen(name: str) -> tuple[str, str] | None:
    if not (name[0].isalnum() and name[-1].isalnum()):
        return f"the bucket `{name}` begins or ends with `-` or `.`", "begin and end with a letter or digit"
    if ".." in name:
        return f"the bucket `{name}` has two dots in a row", _RIGHT
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", name):
        return f"the bucket `{name}` is an IP address", "write the bucket's name, not where it is served"
    return None


def _reserved(name: str) -> tuple[str, str] | None:
    for start, why in _RESERVED_STARTS.items():
        if name.startswith(start):
            return f"the bucket `{name}` begins with `{start}`, which {why}", _RIGHT
    for end, why in _RESERVED_ENDS.items():
        if name.endswith(end):
            return f"`{name}` {why}", "name the general purpose bucket itself"
    return None
