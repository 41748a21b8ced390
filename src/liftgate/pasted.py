"""Commands for a person to paste, whatever the keys in them are: others named them.

>>> print(s3api_arguments(bucket="reports", key="2026/it's.csv"))
--bucket reports --key '2026/it'"'"'s.csv'
>>> print(s3api_arguments(bucket="reports", key="file:///etc/passwd"))
--cli-input-json '{"Bucket": "reports", "Key": "file:///etc/passwd"}'
"""

import json
import shlex
from collections.abc import Collection, Sequence

from liftgate.plain_text import plain


def s3api_arguments(**named: str) -> str:
    """The options of these names, ``version_id`` for ``--version-id``; as JSON where the AWS CLI or a terminal would obey a text.

    The AWS CLI sends what is in a file in place of ``file://…``, and takes ``-x`` for another option.
    """
    if all(map(_is_plain, named.values())):
        return " ".join(f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in named.items())
    members = {name.title().replace("_", ""): text for name, text in named.items()}
    return f"--cli-input-json {shlex.quote(json.dumps(members))}"


def use_of_grant(
    grant_id: str, *, actions: Collection[str], locations: Sequence[str], in_place: bool
) -> tuple[str, ...]:
    """What the holder of an active grant does next: use it, give it back."""
    place = shlex.quote(plain(locations[0])) if locations else "s3://BUCKET/"
    example = f"aws s3 cp FILE {place}" if "s3:PutObject" in actions else f"aws s3 ls {place}"
    if in_place:
        return (f"liftgate show {grant_id}", example, f"liftgate return {grant_id}")
    return (f"liftgate exec --grant {grant_id} -- {example}", f"liftgate return {grant_id}")


def _is_plain(text: str) -> bool:
    return text.isprintable() and not text.startswith("-") and "://" not in text
