"""The deepest folders that hold all keys: at most so many, none of them shallower than it need be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str, ...]  # a bucket, and the folders below it

_NEVER = -1  # a count that cannot be met


class Choice(NamedTuple):
    """A way to hold everything below a node with some number of places: what it costs, and what it chooses."""

    cost: int
    here: bool  # the node as a whole; otherwise what its children choose
    shares: tuple[int, ...] = ()  # how many places each child takes


@dataclass(slots=True)
class Node:
    """A folder, with what was used directly in it."""

    path: Path
    children: dict[str, "Node"] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)  # that can be named exactly
    whole: bool = False  # something here can only be held by the folder itself
    choices: list[Choice | None] = field(default_factory=list)  # by number of places, from 0


def deepest(
    keys: Iterable[tuple[Path, str]],
    folders: Iterable[Path],
    *,
    places: int,
    allowed: Callable[[Path], bool],
) -> list[tuple[Path, str | None]] | None:
    """The places, each a folder (None) or one key in it; None where no ``places`` of them are enough.

    ``keys`` may be held by themselves or by any folder above; ``folders`` only by themselves or one above. Of all
    choices the one is taken whose shallowest folder is deepest, of those the one with the fewest such folders, and so
    on down; one key is deeper than any folder. ``allowed``: whether a folder may be chosen. The time is linear in the
    keys, times the square of ``places``.
    """
    root = Node(())
    depth = 0
    for path, key in keys:
        _node(root, path).keys.add(key)
        depth = max(depth, len(path))
    for path in folders:
        _node(root, path).whole = True
        depth = max(depth, len(path))
    for node in _bottom_up(root):
        node.choices = _choices(node, places, base=places + 1, depth=depth, allowed=allowed)
    best = min(
        (number for number, choice in enumerate(root.choices) if choice is not None),
        key=lambda number: (root.choices[number] or _NOTHING).cost,
        default=_NEVER,
    )
    return None if best == _NEVER else list(_chosen(root, best))


_NOTHING = Choice(0, here=False)


def _node(root: Node, path: Path) -> Node:
    node = root
    for step in path:
        if step not in node.children:
            node.children[step] = Node((*node.path, step))
        node = node.children[step]
    return node


def _bottom_up(root: Node) -> Iterator[Node]:
    order, waiting = list[Node](), [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(node.children.values())
    return reversed(order)


def _choices(
    node: Node, places: int, *, base: int, depth: int, allowed: Callable[[Path], bool]
) -> list[Choice | None]:
    """The cheapest choice for each number of places; a folder costs more than ``places`` of the next depth."""
    found: list[Choice | None] = [None] * (places + 1) if node.whole else _split(node, places)
    if node.path and places and allowed(node.path):
        cost = base ** (depth - len(node.path))
        other = found[1]
        if other is None or cost < other.cost:
            found[1] = Choice(cost, here=True)
    return found


def _split(node: Node, places: int) -> list[Choice | None]:
    """What the children choose, and a place for each key here."""
    if len(node.keys) > places:
        return [None] * (places + 1)
    found: list[Choice | None] = [None] * (places + 1)
    found[len(node.keys)] = _NOTHING
    for child in node.children.values():
        found = _with(found, child.choices)
    return found


def _with(found: list[Choice | None], child: list[Choice | None]) -> list[Choice | None]:
    joined: list[Choice | None] = [None] * len(found)
    for before, one in enumerate(found):
        for more, other in enumerate(child):
            if one is None or other is None or before + more >= len(joined):
                continue
            cost, known = one.cost + other.cost, joined[before + more]
            if known is None or cost < known.cost:
                joined[before + more] = Choice(cost, here=False, shares=(*one.shares, more))
    return joined


def _chosen(root: Node, number: int) -> Iterator[tuple[Path, str | None]]:
    waiting = [(root, number)]
    while waiting:
        node, count = waiting.pop()
        choice = node.choices[count]
        if choice is None:  # pragma: no cover - only counts that can be met are shared out
            raise ValueError(f"no choice of {count} places")
        if choice.here:
            yield node.path, None
            continue
        for key in sorted(node.keys):
            yield node.path, key
        waiting += zip(node.children.values(), choice.shares, strict=True)
