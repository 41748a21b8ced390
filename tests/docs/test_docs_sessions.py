"""What the README and the first page show at a terminal is what the program really prints."""

import pytest
from tools.generate_session_docs import BLOCK, PAGES, ROOT, play, without_what_changes

from liftgate.demo.world import running_world


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_sessions_show_the_true_output(name: str) -> None:
    blocks = BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert blocks
    with running_world() as world:
        for block in blocks:
            assert without_what_changes(play(world, block)) == without_what_changes(block)
