"""Lists as CSV: what others wrote stays text, in a terminal and in a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, finding

from liftgate.cli.csv_text import cell


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\uff1d1",
        "\t",
        "\r",
    ],
)
def test_what_would_be_a_formula_is_none(text: str) -> None:
    assert cell(text).startswith("'")


@given(st.text())
@example("\x1b[2J")
@example("a\u202eb")
def test_no_cell_begins_as_a_formula_or_holds_a_control(text: str) -> None:
    made = cell(text)
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, made))
    assert not made.lstrip().startswith(("=", "+", "-", "@"))


def test_plain_text_stays_as_it_is() -> None:
    assert cell("s3:PutObject on a=b, \u00e9t\u00e9") == "s3:PutObject on a=b, \u00e9t\u00e9"


def test_findings_come_as_csv(liftgate: Callable[..., Said], fake: FakeLiftgate) -> None:
    evil = {**finding(), "title": "=cmd|' /C calc'!A0", "because": 'a "quoted", text\r\n=1'}
    fake.answers["GET /api/v1/findings"] = (200, {"items": [finding(), evil], "next_cursor": "more"})
    said = liftgate("findings", "--output", "csv")
    titles, first, second = csv.reader(io.StringIO(said.out))
    assert titles[:4] == ["finding", "severity", "at", "rule"]
    assert first[:2] == ["fi-0000000000000001", "high"]
    assert second[4:6] == ["'=cmd|' /C calc'!A0", 'a "quoted", text\\r\\n=1']
    assert "there are more findings" in said.err


def test_a_list_without_findings_is_its_titles(liftgate: Callable[..., Said], fake: FakeLiftgate) -> None:
    fake.answers["GET /api/v1/findings"] = (200, {"items": [], "next_cursor": None})
    assert liftgate("findings", "--output", "csv").out.splitlines()[1:] == []


def test_all_findings_are_fetched_page_by_page(
    liftgate: Callable[..., Said], fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {None: ("fi-0000000000000001", "c1"), "c1": ("fi-0000000000000002", None)}

    def page(_api: object, path: str, **query: object) -> dict[str, object]:
        assert (path, query["limit"], query["severity"]) == ("/findings", 200, "high")
        found, following = pages[query.get("cursor")]  # type: ignore[index]  # a cursor is text or None
        return {"items": [{**finding(), "id": found}], "next_cursor": following}

    assert fake.address
    monkeypatch.setattr("liftgate.cli.api.SignedInApi.get", page)
    said = liftgate("findings", "--all", "--severity", "high", "--output", "csv")
    assert [line.partition(",")[0] for line in said.out.splitlines()[1:]] == [
        one for one, _ in pages.values()
    ]
    assert said.err == ""
