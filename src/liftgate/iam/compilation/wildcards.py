"""Wildcards by brute force: which S3 actions a pattern of up to two stars reaches, over the whole catalogue.

With bits for the catalogue's names, thousands of patterns are tried in the time that a few expressions take.

>>> reach = Reach(["GetObject", "GetObjectAcl", "PutObject"])
>>> [bin(bits) for bits in (reach.of("g", "", "t"), reach.of("", "object", ""), reach.of("p", "b", "t"))]
['0b1', '0b111', '0b100']
"""

from collections.abc import Iterator, Sequence

_MOST_LETTERS = 8  # of a pattern with two stars: a longer one is never the shortest, or saves nothing


class Reach:
    """The names that ``head*middle*tail`` stands for, as bits. Case does not count, as in IAM."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = [name.lower() for name in names]
        self._heads: dict[str, int] = {}
        self._tails: dict[str, int] = {}
        self._parts: dict[str, int] = {}
        self._as_long = [0] * (max(map(len, names), default=0) + 2)
        for bit, name in ((1 << number, name) for number, name in enumerate(self._names)):
            cuts = range(len(name) + 1)
            for cut in cuts:
                self._heads[name[:cut]] = self._heads.get(name[:cut], 0) | bit
                self._tails[name[cut:]] = self._tails.get(name[cut:], 0) | bit
                self._as_long[cut] |= bit
            for part in {
                name[i:j] for i in cuts for j in range(i + 1, min(i + _MOST_LETTERS, len(name)) + 1)
            }:
                self._parts[part] = self._parts.get(part, 0) | bit

    def of(self, head: str, middle: str, tail: str) -> int:
        """The names of ``head*tail``, and with a middle of ``head*middle*tail``."""
        head, middle, tail = head.lower(), middle.lower(), tail.lower()
        letters = len(head) + len(middle) + len(tail)
        if letters >= len(self._as_long):
            return 0
        found = self._heads.get(head, 0) & self._tails.get(tail, 0) & self._as_long[letters]
        if not middle:
            return found
        left, found = found & self._parts.get(middle, 0), 0
        while left:
            bit = left & -left
            name = self._names[bit.bit_length() - 1]
            if middle in name[len(head) : len(name) - len(tail)]:
                found |= bit
            left ^= bit
        return found


def patterns_of(name: str) -> Iterator[tuple[str, str, str]]:
    """Head, middle and tail of every pattern with one star, and of the short ones with two, that ``name`` matches."""
    size = len(name)
    for head in range(size + 1):
        for tail in range(head, size + 1):
            yield name[:head], "", name[tail:]
        for start in range(head, min(size, head + size) if head <= _MOST_LETTERS else 0):
            longest = _MOST_LETTERS - head
            for end in range(start + 1, min(start + longest, size) + 1):
                room = longest - (end - start)
                for tail in range(max(end, size - room), size + 1):
                    yield name[:head], name[start:end], name[tail:]
