"""Values of condition keys that are not compared as texts: one to stand for all that no test of a key tells apart."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise

from liftgate.iam.language.values import read_binary, read_date, read_network, read_number
from liftgate.iam.policy import Condition

# AWS itself fills these in, always with a value of their type; any other key may hold a text that is no date or number.
# Source: "AWS global condition context keys", IAM User Guide.
_OF_ONE_TYPE = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalisawsservice",
        "aws:securetransport",
        "aws:sourceip",
        "aws:tokenissuetime",
        "aws:viaawsservice",
        "aws:vpcsourceip",
    }
)
_NEITHER = "x!"  # no date, number, address, truth value or base64
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_ENDS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_EXACT = Context(prec=100)
_SMALLEST = Decimal("1e-30")  # of numbers as IAM writes them, and the largest
_LARGEST = Decimal(f"{'9' * 30}.{'9' * 30}")


def kind_of(operator: str) -> str | None:
    """What an operator compares, where this module knows how: ``Date``, ``Numeric``, ``Ip``, ``Bool`` or ``Binary``."""
    if operator.endswith("IpAddress"):
        return "Ip"
    return next((kind for kind in ("Date", "Numeric", "Bool", "Binary") if operator.startswith(kind)), None)


def samples(kind: str, key: str, tests: Sequence[Condition]) -> list[str]:
    """One value for each way in which a value of ``key`` can meet some of the tests, all of one kind, and fail the others."""
    values = sorted({value for test in tests if test.operator != "Null" for value in test.values})
    found = list(dict.fromkeys(_SAMPLES[kind](values)))
    return found if key in _OF_ONE_TYPE else [*found, _NEITHER]


def _dates(values: list[str]) -> Iterator[str]:
    """Each bound, and a moment before, between and after them."""
    bounds = sorted({bound for value in values if (bound := read_date(value)) is not None})
    for bound in bounds or [datetime.fromisoformat("2026-01-01T00:00:00+00:00")]:
        yield _moment(bound)
    yield from (_moment(a + (b - a) / 2) for a, b in pairwise(bounds) if b - a > _TICK)
    for edge, step, last in zip(bounds[:1] + bounds[-1:], (-_DAY, _DAY), _ENDS, strict=False):
        try:
            yield _moment(edge + step)
        except OverflowError:  # nearer than a day to where time ends
            yield _moment(last)


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _numbers(values: list[str]) -> Iterator[str]:
    bounds = sorted({bound for value in values if (bound := read_number(value)) is not None})
    if not bounds:
        yield "0"
        return
    between = [
        _EXACT.quantize(_EXACT.divide(_EXACT.add(a, b), Decimal(2)), _SMALLEST) for a, b in pairwise(bounds)
    ]
    edges = [_EXACT.subtract(bounds[0], Decimal(1)), _EXACT.add(bounds[-1], Decimal(1))]
    for number in [*bounds, *(one for one in between if one not in bounds), *edges]:
        yield _written(max(-_LARGEST, min(number, _LARGEST)))


def _written(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _addresses(values: list[str]) -> Iterator[str]:
    """The first address of each network, and the first one after it; in both families, also where none is named."""
    for make, version, last in ((IPv4Address, 4, 2**32), (IPv6Address, 6, 2**128)):
        edges = {0}
        for value in values:
            network = read_network(value)
            if network is not None and network.version == version:
                first = int(network.network_address)
                edges |= {first, first + network.num_addresses}
        yield from (str(make(edge)) for edge in sorted(edges) if edge < last)


def _truths(_: list[str]) -> Iterator[str]:
    yield from ("true", "false")


def _bytes(values: list[str]) -> Iterator[str]:
    named = {read for value in values if (read := read_binary(value)) is not None}
    fresh = next(made for size in range(len(named) + 1) if (made := b"x" * size) not in named)
    yield from (base64.b64encode(one).decode() for one in [*sorted(named), fresh])


_SAMPLES: Mapping[str, Callable[[list[str]], Iterator[str]]] = {
    "Date": _dates,
    "Numeric": _numbers,
    "Ip": _addresses,
    "Bool": _truths,
    "Binary": _bytes,
}
