"""Draws charts as SVG: a pure function from numbers to elements. Colours are classes of the stylesheet, sizes are attributes.

>>> count_ticks(7)
(0, 2, 4, 6, 8)
>>> time_ticks(500)
(0, 120, 240, 360, 480, 600)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from liftgate.plain_text import plain

_WIDTH: Final = 460
_HEIGHT: Final = 230
_LEFT: Final = 46
_RIGHT: Final = 10
_TOP: Final = 12
_BOTTOM: Final = 30
_MOST_LABELS: Final = 6  # where there are more than fit
_ALL_FIT: Final = 8
_ROW: Final = 46
_LONGEST_LABEL: Final = 34
_TIMES: Final = (
    *(1, 2, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400),
    *(2 * 86_400, 7 * 86_400, 14 * 86_400, 28 * 86_400),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Numbers of one kind, one for each place. None: there is none."""

    name: str
    tone: str  # a class of the stylesheet
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bar that lies: its label, its parts in the order of the tones, and what is said at its end."""

    label: str
    parts: Sequence[float]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a picture is, for whoever does not see it."""

    ident: str  # of the document
    title: str
    says: str


def columns(about: About, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """Bars that stand, the series stacked."""
    tops = [sum(one.values[place] or 0 for one in series) for place in range(len(labels))]
    ticks = count_ticks(max(tops, default=0))
    svg = _picture(about, _HEIGHT)
    _axis(svg, ticks, labels, str, in_steps=True)
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    wide = min(step * (0.8 if step > 3 else 0.9), 56)
    for place, label in enumerate(labels):
        below = 0.0
        for one in series:
            value = one.values[place] or 0
            if value:
                x = _LEFT + step * place + (step - wide) / 2
                top = _y(below + value, ticks)
                bar = SubElement(
                    svg, "rect", {**_box(x, top, wide, _y(below, ticks) - top), "class": one.tone}
                )
                SubElement(bar, "title").text = plain(f"{label}: {value:g} {one.name}")
                below += value
    return _drawn(svg)


def lines(
    about: About, labels: Sequence[str], series: Sequence[Series], said: Callable[[float], str]
) -> Markup:
    """Lines with a point at each place, on an axis of time; broken where there is nothing."""
    ticks = time_ticks(max((value or 0 for one in series for value in one.values), default=0))
    svg = _picture(about, _HEIGHT)
    _axis(svg, ticks, labels, said, in_steps=False)
    for one in series:
        points = [
            (_x(place, len(labels)), _y(value, ticks), value)
            for place, value in enumerate(one.values)
            if value is not None
        ]
        if len(points) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
            SubElement(svg, "polyline", {"points": path, "class": f"line {one.tone}"})
        for x, y, value in points:
            point = SubElement(
                svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4", "class": one.tone}
            )
            SubElement(point, "title").text = plain(f"{one.name} {said(value)}")
    return _drawn(svg)


def bars(about: About, rows: Sequence[Row], tones: Sequence[str], *, whole: float | None = None) -> Markup:
    """Bars that lie, each with its label above; ``whole`` is what a full bar means, else the longest is full."""
    full = whole or max((sum(row.parts) for row in rows), default=0) or 1
    svg = _picture(about, _ROW * max(len(rows), 1))
    for place, row in enumerate(rows):
        top = _ROW * place
        _text(svg, 0, top + 15, _short(row.label), "label")
        _text(svg, _WIDTH, top + 15, row.note, "note end")
        SubElement(svg, "rect", {**_box(0, top + 22, _WIDTH, 14), "class": "track", "rx": "3"})
        x = 0.0
        for part, tone in zip(row.parts, tones, strict=True):
            if part:
                wide = max(_WIDTH * part / full, 2)
                SubElement(
                    svg, "rect", {**_box(x, top + 22, min(wide, _WIDTH - x), 14), "class": tone, "rx": "2"}
                )
                x += wide
    return _drawn(svg)


def count_ticks(top: float) -> tuple[int, ...]:
    """Whole numbers from nothing to at least ``top``, in steps of 1, 2 or 5 and tens of them; five at most, and one more."""
    step = 1
    while top > step * 4:
        step = step * 2 if str(step)[0] != "2" else step // 2 * 5
    return tuple(step * place for place in range(max(ceil(top / step), 1) + 1))


def time_ticks(top: float) -> tuple[int, ...]:
    """Seconds from nothing to at least ``top``, in steps that clocks have."""
    step = next((one for one in _TIMES if top <= one * 5), 0) or ceil(top / 5 / _TIMES[-1]) * _TIMES[-1]
    return tuple(step * place for place in range(max(ceil(top / step), 1) + 1))


def _picture(about: About, height: int) -> Element:
    name, says = f"{about.ident}-title", f"{about.ident}-says"
    svg = Element(
        "svg",
        {
            "class": "chart",
            "viewBox": f"0 0 {_WIDTH} {height}",
            "role": "img",
            "aria-labelledby": f"{name} {says}",
            "xmlns": "http://www.w3.org/2000/svg",
        },
    )
    SubElement(svg, "title", {"id": name}).text = plain(about.title)
    SubElement(svg, "desc", {"id": says}).text = plain(about.says)
    return svg


def _axis(
    svg: Element, ticks: Sequence[int], labels: Sequence[str], said: Callable[[float], str], *, in_steps: bool
) -> None:
    for tick in ticks:
        y = _y(tick, ticks)
        SubElement(
            svg,
            "line",
            {
                "x1": str(_LEFT),
                "x2": str(_WIDTH - _RIGHT),
                "y1": f"{y:.1f}",
                "y2": f"{y:.1f}",
                "class": "grid",
            },
        )
        _text(svg, _LEFT - 7, y + 4, said(tick), "tick end")
    every = 1 if len(labels) <= _ALL_FIT else ceil(len(labels) / _MOST_LABELS)
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    # Counted from the end, so that today has its label.
    for place in range(len(labels) - 1, -1, -every):
        x = _LEFT + step * (place + 0.5) if in_steps else _x(place, len(labels))
        is_last = place == len(labels) - 1 and len(labels) > 1
        anchored = min(x + 18, _WIDTH) if is_last else x
        _text(svg, anchored, _HEIGHT - 9, labels[place], "tick end" if is_last else "tick middle")


def _x(place: int, places: int) -> float:
    wide = _WIDTH - _LEFT - _RIGHT - 24
    return _LEFT + 12 + (wide * place / (places - 1) if places > 1 else wide / 2)


def _y(value: float, ticks: Sequence[int]) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / (ticks[-1] or 1))


def _box(x: float, y: float, wide: float, high: float) -> dict[str, str]:
    return {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{wide:.1f}", "height": f"{high:.1f}"}


def _text(svg: Element, x: float, y: float, text: str, kind: str) -> None:
    SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "class": kind}).text = plain(text)


def _short(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= _LONGEST_LABEL else shown[: _LONGEST_LABEL - 1] + "…"


def _drawn(svg: Element) -> Markup:
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704 - every text in it was escaped by the writer of XML
