"""The page on stolen keys: it has each key there is, and each test that it names is there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr
from tests.docs.named_tests import functions_in

from liftgate.server.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "roles.md").read_text("utf-8")


def secrets_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """The settings that hold a secret, as the page writes them: `slack.bot_token`, `webhooks[].secret`."""
    for name, field in model.model_fields.items():
        kinds = list(parts_of(field.annotation))
        if SecretStr in kinds or (name.endswith("_key") and Path in kinds):
            yield before + name
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from secrets_of(kind, f"{before}{name}{'[]' if tuple in kinds else ''}.")


def parts_of(annotation: Any) -> Iterator[Any]:
    """All types that an annotation names."""
    if get_origin(annotation) in {Union, UnionType, tuple} or hasattr(annotation, "__metadata__"):
        yield from [tuple] if get_origin(annotation) is tuple else []
        for one in get_args(annotation):
            yield from parts_of(one)
    else:
        yield annotation


SECRETS = sorted(set(secrets_of(Settings)))


def test_secrets_are_found_wherever_they_stand() -> None:
    assert {"session_key", "tls_key", "slack.bot_token", "webhooks[].secret"} < set(SECRETS)


@pytest.mark.parametrize("secret", SECRETS)
def test_each_secret_setting_has_its_line(secret: str) -> None:
    assert re.search(rf"^\| .*`{re.escape(secret)}`", PAGE, re.MULTILINE), (
        f"docs/roles.md says nothing of {secret}"
    )


def test_each_test_that_the_page_names_is_there_and_no_other_has_its_name() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    files = (ROOT / "tests").glob("*/test_*.py")
    there = Counter(name for file in files for name in functions_in(file))
    assert len(named) > 30
    assert {name: there[name] for name in named} == dict.fromkeys(named, 1)


def test_no_key_is_without_its_remedy() -> None:
    keys = PAGE.split("## Keys of Liftgate's own")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in keys.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    for row in rows:
        assert len(row) == 4, row
        assert row[1].strip(), row
        assert row[3].strip(), row
