"""Arguments of ``aws s3api`` for a person to paste, whatever the keys in them are: others named them.

>>> print(s3api_arguments(bucket="reports", key="2026/it's.csv"))
--bucket reports --key '2026/it'"'"'s.csv'
>>> print(s3api_arguments(bucket="reports", key="file:///etc/passwd"))
--cli-input-json '{"Bucket": "reports", "Key": "file:///etc/passwd"}'
"""

import json
import shlex


def s3api_arguments(**named: str) -> str:
    """The options of these names, ``version_id`` for ``--version-id``; as JSON where the AWS CLI or a terminal would obey a text.

    The AWS CLI sends what is in a file in place of ``file://…``, and takes ``-x`` for another option.
    """
    if all(map(_is_plain, named.values())):
        return " ".join(f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in named.items())
    members = {name.title().replace("_", ""): text for name, text in named.items()}
    return f"--cli-input-json {shlex.quote(json.dumps(members))}"


def _is_plain(text: str) -> bool:
    return text.isprintable() and not text.startswith("-") and "://" not in text
