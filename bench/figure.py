"""A figure: what was measured, beside what it was compared with, and whether its bar was met."""

from dataclasses import dataclass

from bench.measure import Ratio, Samples, ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was timed."""

    what: str
    samples: Samples
    against: str | None = None  # the row that it is compared with
    ratio: Ratio | None = None
    bar: float | None = None  # the largest ratio that is good enough

    @property
    def is_met(self) -> bool | None:
        """Whether the bar was met; None where there is none."""
        if self.ratio is None or self.bar is None:
            return None
        return self.ratio.of_medians <= self.bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A share of a row's time, in seconds a time."""

    what: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Where a row's time goes."""

    of: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Something that was read off, not timed: text, with its unit."""

    what: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One chapter of the report."""

    title: str
    how: str  # what exactly was measured, for somebody who wants to doubt it
    rows: tuple[Row, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    amounts: tuple[Amount, ...] = ()
    not_run: tuple[str, ...] = ()  # what could not be measured here, and why


def plain(what: str, samples: Samples) -> Row:
    """A row that others are compared with, or that is only reported."""
    return Row(what=what, samples=samples)


def compared(what: str, samples: Samples, reference: Row, *, bar: float | None = None) -> Row:
    """A row beside its reference, both of the same rounds."""
    return Row(
        what=what,
        samples=samples,
        against=reference.what,
        ratio=ratio(samples, reference.samples),
        bar=bar,
    )
