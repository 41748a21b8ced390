"""The conformance cases in ``tests/iam/cases``, each decided by our evaluator; their format is in the README there."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from liftgate.iam.evaluate import Decision, Verdict, evaluate
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request

FOLDER = Path(__file__).parent / "cases"
FEWEST = 600  # cases in all
SHARE = 10  # per cent of the cases, at least, for each of the three decisions

NEEDED = {"id", "page", "says", "request", "expect"}
KNOWN = NEEDED | {
    "identity",
    "session",
    "boundary",
    "resource_policy",
    "scps",
    "rcps",
    "resource_account",
    "refused_by",
}
OF_REQUEST = {"action", "resource", "principal", "context"}
PAGE = re.compile(  # AWS's own: its documentation, the sources and samples of that, its blogs
    r"https://(docs\.aws\.amazon\.com|github\.com/(awsdocs|aws-samples)|aws\.amazon\.com/blogs)/[\w./-]+(#[\w-]+)?"
)
ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/.+")

Document: TypeAlias = Mapping[str, Any]
Change: TypeAlias = Callable[[Document], Document | None]  # what becomes of a policy; None: it is gone


@dataclass(frozen=True)
class Case:
    """One case, as its file has it."""

    file: str
    raw: Document

    def __str__(self) -> str:
        return str(self.raw["id"])


def _cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        yield from (Case(path.name, raw) for raw in found["cases"])


CASES = tuple(_cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_decides_as_aws_documents(case: Case) -> None:
    verdict = answer(case)
    told = f"{case.raw['says']} ({case.file}, {case.raw['page']})"
    assert verdict.decision == case.raw["expect"], told
    if "refused_by" in case.raw:
        assert verdict.refused_by == case.raw["refused_by"], told


def answer(case: Case, change: Change = lambda policy: policy) -> Verdict:
    """Our verdict on a case, each of its policies changed as asked."""
    raw, asked = case.raw, case.raw["request"]
    context = {
        key: value if isinstance(value, str) else tuple(value)
        for key, value in (asked.get("context") or {}).items()
    }
    request = Request(
        action=asked["action"],
        resource=asked["resource"],
        principal=asked.get("principal"),
        context=context,
    )
    session = raw.get("session")
    return evaluate(
        request,
        identity=_policies(raw.get("identity") or (), Kind.IDENTITY, change),
        session=None if session is None else _policies(session, Kind.SESSION, change),
        boundary=_policy(raw.get("boundary"), Kind.BOUNDARY, change),
        resource_policy=_policy(raw.get("resource_policy"), _kind_at(request), change),
        scps=[_policies(level, Kind.SCP, change) for level in raw.get("scps") or ()],
        rcps=[_policies(level, Kind.RCP, change) for level in raw.get("rcps") or ()],
        resource_account=raw.get("resource_account"),
    )


def _kind_at(request: Request) -> Kind:
    return (
        Kind.TRUST if request.name.startswith("sts:") and ROLE.fullmatch(request.resource) else Kind.RESOURCE
    )


def _policies(documents: Sequence[Document], kind: Kind, change: Change) -> list[Policy]:
    found = (_policy(document, kind, change) for document in documents)
    return [policy for policy in found if policy is not None]


def _policy(document: Document | None, kind: Kind, change: Change) -> Policy | None:
    changed = None if document is None else change(document)
    return None if changed is None else _parsed(json.dumps(changed), kind)


_parsed = cache(parse_policy)


def _without(effect: str) -> Change:
    """Policies without their statements of one effect."""

    def change(document: Document) -> Document | None:
        statements = document["Statement"]
        listed = [statements] if isinstance(statements, dict) else statements
        left = [one for one in listed if one["Effect"] != effect]
        return {**document, "Statement": left} if left else None

    return change


def test_there_are_enough() -> None:
    assert len(CASES) >= FEWEST


def test_each_decision_is_expected_often() -> None:
    expected = Counter(case.raw["expect"] for case in CASES)
    assert set(expected) == set(Decision)
    assert min(expected.values()) * 100 >= SHARE * len(CASES), expected


def test_ids_are_unique_and_plain() -> None:
    ids = [str(case) for case in CASES]
    assert [one for one, count in Counter(ids).items() if count > 1] == []
    assert [one for one in ids if not re.fullmatch(r"[A-Za-z0-9-]+", one)] == []


def test_no_case_is_there_twice() -> None:
    words = {"id", "page", "says"}
    asked = Counter(json.dumps({k: v for k, v in case.raw.items() if k not in words}) for case in CASES)
    assert [one for one, count in asked.items() if count > 1] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_has_the_form_that_the_readme_says(path: Path) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert set(found) == {"topic", "cases"}
    assert found["topic"]
    for raw in found["cases"]:
        assert set(raw) >= NEEDED, raw["id"]
        assert set(raw) <= KNOWN, raw["id"]
        assert set(raw["request"]) <= OF_REQUEST, raw["id"]
        assert PAGE.fullmatch(raw["page"]), raw["id"]
        assert raw["says"].endswith("."), raw["id"]


def test_the_readme_shows_a_case_as_it_is() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    (shown,) = json.loads(text.partition("```json\n")[2].partition("```")[0])["cases"]
    assert shown in [case.raw for case in CASES]


def test_where_nothing_denies_no_deny_is_explicit() -> None:
    """Else an expected ``explicit_deny`` could come from elsewhere than the case's Deny."""
    assert [
        str(case) for case in CASES if answer(case, _without("Deny")).decision is Decision.EXPLICIT_DENY
    ] == []


def test_where_nothing_allows_nothing_is_allowed() -> None:
    """Else an expected ``allow`` could come from elsewhere than the case's Allow; root alone needs none."""
    allowed = [case for case in CASES if answer(case, _without("Allow")).allowed]
    assert [
        str(case) for case in allowed if not str(case.raw["request"].get("principal")).endswith(":root")
    ] == []


def test_without_its_policies_most_cases_fail() -> None:
    """Else the cases would pass with an evaluator that does not read policies."""
    told = [case for case in CASES if case.raw["expect"] != Decision.IMPLICIT_DENY]
    changed = [case for case in told if answer(case, lambda _: None).decision != case.raw["expect"]]
    assert len(changed) * 100 >= 95 * len(told)
