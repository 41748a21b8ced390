"""Where events go that this server's sources bring: they are read, judged and kept."""

from collections.abc import Sequence
from typing import Final

from liftgate.server.parts import Parts
from liftgate.server.watching import take_in
from liftgate.watch.ports import Rulebook
from liftgate.watch.reading import read
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.sources.ports import Take

_WHERE: Final = "the queue or a log file"  # one name for all: a copy of what cannot be read is set aside once


def taking(parts: Parts, rulebook: Rulebook) -> Take:
    """Keeps what messages and log files tell, a batch in one transaction: all of it was taken, or nothing."""

    def take(bodies: Sequence[bytes]) -> Sequence[bool]:
        take_in([read(body, _WHERE) for body in bodies], parts, rulebook)
        return [True] * len(bodies)

    return take


def rulebook_of(parts: Parts) -> Rulebook:
    """The shipped rules with what the settings' own files change. Raises ``RulesFaulty``."""
    return load_rulebook(parts.settings.watch_rules)
