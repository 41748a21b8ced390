"""The parser, the JSON Schema and the reference say the same, because they read the same keys."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.catalogue.catalogue_samples import EXAMPLES, ROOT, faults_in, parsed

from liftgate.catalogue.fault import FaultKind
from liftgate.catalogue.keys import FILE
from liftgate.catalogue.schema import catalogue_schema
from liftgate.catalogue.shape import ByName, Record, Records, Shape, Text, Texts
from liftgate.span import SPAN_FORM, SpanUnreadable, parse_span

VALIDATOR = jsonschema_rs.Draft202012Validator(catalogue_schema())
GOOD = sorted([*EXAMPLES.glob("catalogue/*.y*ml"), *EXAMPLES.glob("catalogue-folder/*.y*ml")])

# One file in which every key is written, but for the stages of a review: those are said in place of the one step.
FULL = """\
version: 1
people:
  ada: {name: Ada, kind: person, identities: ["arn:aws:sts::111122223333:assumed-role/baseline/ada"]}
  grace: {name: Grace}
  linus: {name: Linus}
groups:
  owners: [grace]
teams: [owners]
zone: Europe/Berlin
guards: [owners]
auditors: [owners]
trusted_session_names: ["arn:aws:iam::111122223333:role/baseline"]
entitlements:
  - name: reports-write
    description: Correct the reports
    account: "111122223333"
    role: arn:aws:iam::111122223333:role/liftgate/reports-write
    ceiling:
      actions: [write]
      locations: ["s3://reports/2026/"]
      kms_keys: ["arn:aws:kms:eu-central-1:111122223333:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"]
    longest: 2h
    requesters: [ada]
    review:
      reviewers: [owners]
      approvals: 1
      other_team: true
      remind_after: 1h
      remind_every: 1h
      escalate_after: 2h
      escalate_to: [linus]
      lapses_after: 12h
      without_review: {longest: 15m, actions: [write], when: time.hour > 6}
      refuse_when: [{when: time.hour < 6, because: people sleep}]
      delegable: false
    break_glass: {by: [ada], longest: 1h, review_within: 24h, reviewers: [owners]}
    longest_in_all: 4h
    justification: {at_least: 10}
    ticket: {required: true, pattern: "[A-Z]+-[0-9]+", tracker: desk, when_down: review}
    mechanism: session
    external_id: xyz
    max_session: 2h
"""


STAGE = """\
{name: owners, reviewers: [owners], approvals: 1, other_team: true, when: time.hour > 6, remind_after: 1h, remind_every: 1h,
 escalate_after: 2h, escalate_to: [linus]}
"""
OF_ONE_STEP = (
    "reviewers",
    "approvals",
    "other_team",
    "remind_after",
    "remind_every",
    "escalate_after",
    "escalate_to",
)
IN_STAGES = ("entitlements", 0, "review", "stages")


def full(path: tuple[Any, ...]) -> Any:
    """A document in which the key at ``path`` is written."""
    document = yaml.safe_load(FULL)
    if path[:4] == IN_STAGES:
        review = document["entitlements"][0]["review"]
        for name in OF_ONE_STEP:
            del review[name]
        review["stages"] = [yaml.safe_load(STAGE), {"name": "others", "reviewers": ["linus"]}]
    return document


def keys(record: Record, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Shape]]:
    """Every key that is declared, as a path into FULL."""
    for key in record.keys:
        here = (*path, key.name)
        yield here, key.holds
        match key.holds:
            case Record():
                yield from keys(key.holds, here)
            case Records():
                yield from keys(key.holds.item, (*here, 0))
            case ByName() if isinstance(key.holds.value, Record):
                yield from keys(key.holds.value, (*here, "ada"))
            case _:
                pass


KEYS = list(keys(FILE))


def schema_keys(schema: dict[str, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name)
        yield from schema_keys(inner, (*path, name))
        yield from schema_keys(inner.get("items", {}), (*path, name, 0))
        if isinstance(inner.get("additionalProperties"), dict):
            yield from schema_keys(inner["additionalProperties"], (*path, name, "ada"))


def with_value(path: tuple[Any, ...], value: Any) -> str:
    document = full(path)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    assert path[-1] in inner, "FULL has every key"
    inner[path[-1]] = value
    return yaml.safe_dump(document)


def test_the_full_sample_is_right() -> None:
    for document in (full(()), full(IN_STAGES)):
        parsed(yaml.safe_dump(document))
        assert VALIDATOR.is_valid(document)


def test_the_schema_has_exactly_the_declared_keys() -> None:
    assert sorted(map(str, schema_keys(catalogue_schema()))) == sorted(str(path) for path, _ in KEYS)


@pytest.mark.parametrize("path", [path for path, _ in KEYS], ids=str)
def test_the_parser_reads_every_declared_key(path: tuple[Any, ...]) -> None:
    """A mapping that no key holds is a fault at each of them, for the parser and for the schema."""
    text = with_value(path, {"no such key": {"no": "value"}})
    written = re.sub(r"\.(\d+)(?=\.)", r"[\1]", ".".join(map(str, path)))
    assert any(fault.path.startswith(written) for fault in faults_in(text))
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("path", [path for path, _ in KEYS], ids=str)
def test_the_parser_refuses_a_key_beside_every_declared_one(path: tuple[Any, ...]) -> None:
    document = full(path)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner["unheard_of"] = 1
    assert FaultKind.UNKNOWN_KEY in {fault.kind for fault in faults_in(yaml.safe_dump(document))}
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("path", [path for path, _ in KEYS if path != ("version",)], ids=str)
def test_every_declared_key_has_a_meaning(path: tuple[Any, ...]) -> None:
    """Each key, left out, is a fault or makes another catalogue: none is read and then forgotten."""
    document = full(path)
    before = yaml.safe_dump(document)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    text = yaml.safe_dump(document)
    defaults = {
        ("people", "ada", "kind"),
        ("entitlements", 0, "mechanism"),
        ("entitlements", 0, "review", "approvals"),
        (*IN_STAGES, 0, "approvals"),
    }
    if path in defaults:  # FULL writes the default: say something else instead
        other = {"kind": "service", "mechanism": "x", "approvals": 2}[path[-1]]
        text = with_value(path, other)
    assert faults_in(text) or parsed(text).version != parsed(before).version


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_the_samples_fit_the_schema(path: Path) -> None:
    assert list(VALIDATOR.iter_errors(yaml.safe_load(path.read_text()))) == []


def test_the_faulty_sample_does_not_fit_the_schema() -> None:
    text = (EXAMPLES / "catalogue-faulty" / "catalogue.yaml").read_text()
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(catalogue_schema())


TEXTS = [(path, shape) for path, shape in KEYS if isinstance(shape, Text)]


@given(st.sampled_from(TEXTS), st.data())
def test_schema_and_parser_judge_the_form_of_a_text_alike(
    key: tuple[tuple[Any, ...], Text], data: st.DataObject
) -> None:
    path, shape = key
    strategy = st.from_regex(shape.pattern, fullmatch=True) if shape.pattern else st.text("ab c", min_size=1)
    value = data.draw(
        strategy.filter(lambda text: len(text) <= shape.most and bool(text.strip()))
        | st.text("aA1:/ *", max_size=20)
    )
    text = with_value(path, value)
    kinds = {fault.kind for fault in faults_in(text)}
    if FaultKind.BAD_TEXT not in kinds:
        assert VALIDATOR.is_valid(yaml.safe_load(text))


@given(st.from_regex(SPAN_FORM, fullmatch=True) | st.text("0123456789dhms", max_size=12))
def test_the_schema_knows_a_duration_where_the_parser_does(text: str) -> None:
    try:
        parse_span(text)
    except SpanUnreadable:
        assert not re.fullmatch(SPAN_FORM, text)
    else:
        assert re.fullmatch(SPAN_FORM, text)


@pytest.mark.slow
def test_lists_in_the_schema_are_as_long_as_the_parser_takes() -> None:
    for path, shape in KEYS:
        if isinstance(shape, Texts):
            text = with_value(path, [f"x{number}" for number in range(shape.most + 1)])
            assert not VALIDATOR.is_valid(yaml.safe_load(text))
            assert FaultKind.LONG_LIST in {fault.kind for fault in faults_in(text)}


def test_the_committed_reference_and_schema_are_what_the_generator_writes() -> None:
    specification = importlib.util.spec_from_file_location(
        "generate", ROOT / "tools" / "generate_catalogue_docs.py"
    )
    assert specification is not None
    assert specification.loader is not None
    generator = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(generator)
    for path, text in generator.documents().items():
        assert path.read_text(encoding="utf-8") == text, (
            f"run tools/generate_catalogue_docs.py: {path.name} is stale"
        )


def test_the_committed_schema_is_json() -> None:
    assert json.loads((ROOT / "docs" / "catalogue.schema.json").read_text()) == catalogue_schema()
