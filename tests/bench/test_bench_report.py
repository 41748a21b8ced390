from datetime import UTC, datetime

from bench.figure import Amount, Breakdown, Figure, Part, compared, faster, limited, plain
from bench.measure import Samples
from bench.report import as_page, as_text, missed

BARE = plain("bare", Samples((0.010, 0.010, 0.020)))
WITHIN = compared("within", Samples((0.011, 0.012, 0.020)), BARE, bar=1.2)
BEYOND = compared("beyond", Samples((0.013, 0.013, 0.020)), BARE, bar=1.2)
REPORTED = compared("reported", Samples((0.1, 0.1, 0.1)), BARE)
FIGURE = Figure(
    title="A figure",
    how="By hand.",
    rows=(BARE, WITHIN, BEYOND, REPORTED),
    breakdowns=(
        Breakdown(of="within", parts=(Part(what="rules", seconds=0.003), Part(what="rest", seconds=0.009))),
    ),
    amounts=(Amount(what="memory", amount="61 MiB"),),
    not_run=("no such database here",),
)


def test_a_bar_is_met_up_to_and_with_its_own_value() -> None:
    assert [row.is_met for row in FIGURE.rows] == [None, True, False, None]
    assert missed([FIGURE]) == [BEYOND]


def test_text_says_medians_in_milliseconds_ratio_spread_bar_and_verdict() -> None:
    lines = as_text([FIGURE]).splitlines()

    assert lines[3].split() == ["within", "12.00", "11.00-20.00", "1.20", "1.05-1.15", "≤", "1.2", "yes"]
    assert lines[4].split()[-1] == "NO"
    assert lines[5].split() == ["reported", "100.00", "100.00-100.00", "10.00", "7.50-10.00"]


def test_text_shows_shares_amounts_and_what_was_not_measured() -> None:
    text = as_text([FIGURE])

    assert ["rules", "3.00", "25", "%"] in [line.split() for line in text.splitlines()]
    assert "memory: 61 MiB" in text
    assert "not measured: no such database here" in text


def test_page_opens_with_every_bar_and_ends_with_the_machine() -> None:
    page = as_page(
        [FIGURE], [Amount(what="processor", amount="one")], when=datetime(2026, 11, 24, tzinfo=UTC)
    )

    head, chapters = page.split("## A figure")
    assert "November 2026 (2026-11-24)" in head
    assert "| within | bare | 1.20 | 1.05-1.15 | ≤ 1.2 | yes |" in head
    assert "| beyond | bare | 1.30 |" in head
    assert "reported" not in head
    assert chapters.rstrip().endswith("| processor | one |")


def test_a_bar_may_be_how_many_times_faster_or_how_long() -> None:
    quick = faster("quick", Samples((0.00001, 0.00001, 0.00001)), BARE, bar=900)
    slow = faster("slow", Samples((0.001, 0.001, 0.001)), BARE, bar=11)
    short = limited("short", Samples((0.004, 0.004, 0.1)), longest=0.005)
    long = limited("long", Samples((0.004, 0.006, 0.1)), longest=0.005)
    figure = Figure(title="Bars", how="By hand.", rows=(BARE, quick, slow, short, long))
    assert [row.is_met for row in figure.rows] == [None, True, False, True, False]
    lines = [line.split() for line in as_text([figure]).splitlines()]
    assert lines[3][:4] == ["quick", "0.01000", "0.01000-0.01000", "1000.00"]
    assert lines[3][-3:] == ["≥", "900", "yes"]
    assert lines[6][-4:] == ["≤", "5", "ms", "NO"]
    page = as_page([figure], [], when=datetime(2026, 11, 24, tzinfo=UTC))
    assert "| slow | bare | 10.00 | 10.00-15.00 | ≥ 11 | NO |" in page
    assert "| long | 6.00 ms |  |  | ≤ 5 ms | NO |" in page
