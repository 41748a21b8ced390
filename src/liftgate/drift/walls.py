"""The table of walls: what is looked at, how bad it is where it does not stand, and how it is mended.

``docs/deploy-check.md`` is held to this table by a test.
"""

from typing import Final

from liftgate.drift.model import Wall
from liftgate.drift.walls_of_access import ACCESS
from liftgate.drift.walls_of_evidence import EVIDENCE

WALLS: Final[dict[str, Wall]] = {
    id_: Wall(id=id_, risk=risk, title=title, why=why, mend=mend)
    for id_, risk, title, why, mend in (*ACCESS, *EVIDENCE)
}
"""By id, in the order in which they are told."""
