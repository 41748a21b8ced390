"""What the README and the first page show at a terminal is what the program really prints."""

import pytest
from tests.docs.docs_stage import Stage
from tools.generate_session_docs import BLOCK, PAGES, ROOT, play, without_what_changes


@pytest.mark.slow
@pytest.mark.xdist_group("docs-stage")
@pytest.mark.parametrize("name", PAGES)
def test_sessions_show_the_true_output(name: str, stage: Stage) -> None:
    blocks = BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert blocks
    stage.end_everything()
    for block in blocks:
        assert without_what_changes(play(stage.world, block)) == without_what_changes(block)
