"""Writes the terminal sessions in README.md and docs/getting-started.md anew, with the program's true output.

In a ``console`` block a line that starts with ``$ `` is a command; what follows, up to the next one, is what it printed. Ids in
commands are replaced by those that the commands before them really made.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from liftgate.demo.world import World, running_world

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/getting-started.md")
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)

_ID = re.compile(r"(rq|gr)-[0-9a-z]{16}")
_CHANGING = (
    (re.compile(r"(rq|gr)-[0-9a-z]{16}"), r"\1-ID"),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z"), "TIME"),
    (re.compile(r"\b(\d+[dhms])+\b(?= left)|(?<= in )(\d+[dhms])+"), "SPAN"),
    (re.compile(r"ASIA[A-Z0-9]{12,}"), "KEY"),
    (re.compile(r"request id: [0-9a-f]+"), "request id: ID"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\d+ entries|head +\d+"), "COUNT"),
)


def play(world: World, block: str) -> str:
    """The same block with what its commands print now."""
    made: dict[str, str] = {}
    said = []
    for line in (line for line in block.splitlines() if line.startswith("$ ")):
        typed = _with_ids(line.removeprefix("$ "), made)
        ran = world.shell("ada", typed)
        made |= {found[:2]: found for found in (ran.request_id, ran.grant_id) if found}
        output = "".join(f"{printed}\n" for printed in ran.output.splitlines() if not _is_noise(printed))
        said.append(f"$ {typed}\n{output}")
    return "\n".join(said)


def without_what_changes(block: str) -> str:
    """A block in which ids, times and keys have one spelling, and spaces one width."""
    for pattern, word in _CHANGING:
        block = pattern.sub(word, block)
    return re.sub(r"[ \t]+", " ", block).strip()


def main() -> None:
    """Write the pages."""
    for name in PAGES:
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        with running_world() as world:
            page.write_text(BLOCK.sub(lambda found: play(world, found[0]), text), encoding="utf-8")


def _with_ids(command: str, made: Mapping[str, str]) -> str:
    return _ID.sub(lambda found: made.get(found[1], found[0]), command)


def _is_noise(line: str) -> bool:
    return not line.strip()


if __name__ == "__main__":
    main()
