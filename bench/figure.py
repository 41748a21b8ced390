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
    bar: float | None = (
        None  # the largest ratio that is good enough; the least, where ratios say how much faster
    )
    is_faster: bool = (
        False  # the ratio says how many times faster than the reference, not how many times slower
    )
    longest: float | None = None  # seconds: a bar for the median itself

    @property
    def is_held(self) -> bool:
        """Whether there is a bar."""
        return self.longest is not None or (self.ratio is not None and self.bar is not None)

    @property
    def is_met(self) -> bool | None:
        """Whether the bar was met; None where there is none."""
        if self.longest is not None:
            return self.samples.median <= self.longest
        if self.ratio is None or self.bar is None:
            return None
        return self.ratio.of_medians >= self.bar if self.is_faster else self.ratio.of_medians <= self.bar


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


def faster(what: str, samples: Samples, reference: Row, *, bar: float | None = None) -> Row:
    """A row beside a slower reference: the ratio is how many times faster, and the bar the least of it."""
    return Row(
        what=what,
        samples=samples,
        against=reference.what,
        ratio=ratio(reference.samples, samples),
        bar=bar,
        is_faster=True,
    )


def limited(what: str, samples: Samples, *, longest: float) -> Row:
    """A row whose median may take ``longest`` seconds at most."""
    return Row(what=what, samples=samples, longest=longest)
