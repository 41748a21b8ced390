import os
from pathlib import Path

import pytest

from liftgate.setup.errors import FileNotWritten
from liftgate.setup.files import put


def test_all_files_are_written_or_none_and_none_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "second").write_text("mine")
    with pytest.raises(FileNotWritten):
        put(tmp_path, {"first": "new", "second": "new", "third": "new"}, private=())
    assert [one.name for one in tmp_path.iterdir()] == ["second"]
    assert (tmp_path / "second").read_text() == "mine"


def test_private_files_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        put(tmp_path / "a" / "b", {"open": "x", "closed": "y"}, private=("closed",))
    finally:
        os.umask(before)
    assert (tmp_path / "a" / "b" / "closed").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a" / "b" / "open").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "a" / "b" / "open").read_text() == "x"
