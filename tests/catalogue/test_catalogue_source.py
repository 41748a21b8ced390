"""The catalogue in force: changes are taken up, faults and half-written files never are."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.catalogue.catalogue_samples import PEOPLE, entitlement, with_entitlement

from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.fault import FaultKind
from liftgate.catalogue.source import CatalogueSource


class Hand:
    """A clock that is moved by hand; it starts long before any file was written, or long after."""

    def __init__(self, now: datetime = datetime(2100, 1, 1, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.yaml"
    path.write_text(with_entitlement())
    return path


def at_once(*paths: Path) -> CatalogueSource:
    return CatalogueSource(paths, Hand(), settle=timedelta(0))


def test_a_faulty_catalogue_is_not_served_at_all(file: Path) -> None:
    file.write_text("version: 1\nguards: [grace]\nauditors: [ada]\n")
    with pytest.raises(CatalogueFaulty) as faulty:
        at_once(file)
    assert [fault.kind for fault in faulty.value.faults] == [FaultKind.UNKNOWN_NAME] * 2
    assert faulty.value.where == f"{file}:2:10"


def test_a_missing_catalogue_is_not_served_at_all(tmp_path: Path) -> None:
    with pytest.raises(CatalogueFaulty, match="cannot be read"):
        at_once(tmp_path / "none.yaml")


def test_a_change_is_taken_up(file: Path) -> None:
    clock = Hand()
    source = CatalogueSource([file], clock, settle=timedelta(0))
    before = source.current()
    clock.move(60)
    file.write_text(with_entitlement(longest="2h"))
    after = source.current()
    assert after.catalogue.version != before.catalogue.version
    assert after.loaded_at == clock.now
    assert after.faults == ()


def test_nothing_is_read_again_while_nothing_changes(file: Path) -> None:
    source = at_once(file)
    assert source.current() is source.current()


def test_a_change_without_meaning_keeps_the_version_and_its_time(file: Path) -> None:
    clock = Hand()
    source = CatalogueSource([file], clock, settle=timedelta(0))
    before = source.current()
    clock.move(60)
    file.write_text("# reviewed\n" + file.read_text())
    assert source.current() == before


def test_a_faulty_change_keeps_the_last_good_catalogue_and_says_so(file: Path) -> None:
    source = at_once(file)
    good = source.current()
    file.write_text(with_entitlement(longest="2 hours"))
    faulty = source.current()
    assert faulty.catalogue is good.catalogue
    assert faulty.loaded_at == good.loaded_at
    assert [fault.kind for fault in faulty.faults] == [FaultKind.BAD_DURATION]
    assert source.current() is faulty  # a faulty file is not parsed at each call
    file.write_text(with_entitlement(longest="2h"))
    mended = source.current()
    assert mended.faults == ()
    assert mended.catalogue.entitlements["reports-write"].longest == timedelta(hours=2)


def test_a_faulty_change_taken_back_is_as_if_it_never_was(file: Path) -> None:
    source = at_once(file)
    good = source.current()
    text = file.read_text()
    file.write_text("version: [")
    assert source.current().faults
    file.write_text(text)
    assert source.current() == good


@pytest.mark.parametrize("harm", ["delete", "empty", "truncate", "folder", "pipe", "dangling"])
def test_a_file_that_cannot_be_read_keeps_the_last_good_catalogue(file: Path, harm: str) -> None:
    source = at_once(file)
    good = source.current()
    text = file.read_text()
    file.unlink()
    match harm:
        case "empty":
            file.touch()
        case "truncate":
            file.write_text(text[: len(text) // 2])
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)  # opening it would wait for a writer, for ever
        case "dangling":
            file.symlink_to("nowhere.yaml")
        case _:
            pass
    assert source.current().catalogue is good.catalogue
    assert source.current().faults


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_a_fault_until_it_has_it(file: Path) -> None:
    source = at_once(file)
    file.chmod(0)
    file.touch()
    assert source.current().faults
    file.chmod(0o600)
    assert not source.current().faults


def test_a_change_of_the_same_size_and_time_is_seen(file: Path) -> None:
    source = at_once(file)
    found = file.stat()
    file.write_text(with_entitlement(longest="9h"))
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert file.stat().st_size == found.st_size
    assert source.current().catalogue.entitlements["reports-write"].longest == timedelta(hours=9)


def test_a_replaced_file_is_seen(file: Path) -> None:
    """As editors and Kubernetes write: a new file takes the old one's name."""
    source = at_once(file)
    new = file.with_suffix(".new")
    new.write_text(with_entitlement(longest="9h"))
    new.replace(file)
    assert source.current().catalogue.entitlements["reports-write"].longest == timedelta(hours=9)


def test_files_added_to_and_removed_from_a_folder_are_seen(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text(PEOPLE)
    source = at_once(tmp_path)
    assert not source.current().catalogue.entitlements
    more = tmp_path / "reports.yml"
    more.write_text(f"version: 1\nentitlements:\n{entitlement()}")
    assert source.current().catalogue.entitlements
    more.unlink()
    assert not source.current().catalogue.entitlements
    (tmp_path / "people.yaml").unlink()
    assert [fault.kind for fault in source.current().faults] == [FaultKind.NO_FILES]


def test_a_mounted_config_map_is_followed(tmp_path: Path) -> None:
    for version, longest in (("..v1", "1h"), ("..v2", "2h")):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.yaml").write_text(with_entitlement(longest=longest))
    (tmp_path / "..data").symlink_to("..v1")
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    source = at_once(tmp_path)
    assert source.current().catalogue.entitlements["reports-write"].longest == timedelta(hours=1)
    (tmp_path / "..new").symlink_to("..v2")
    (tmp_path / "..new").replace(tmp_path / "..data")
    assert source.current().catalogue.entitlements["reports-write"].longest == timedelta(hours=2)


def test_a_folder_holds_what_its_names_say(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(PEOPLE)
    for name in (".#b.yaml", ".hidden.yaml", "b.yaml~", "b.yaml.bak", "notes.txt"):
        (tmp_path / name).write_text("not: a catalogue")
    (tmp_path / "sub.yaml").mkdir()
    assert set(at_once(tmp_path).current().catalogue.people) == {"ada", "grace", "linus", "bot"}


def test_a_file_named_twice_is_read_once(file: Path) -> None:
    link = file.parent.parent / "link"
    link.symlink_to(file.parent)
    source = at_once(file, file.parent, link, link / file.name)
    assert set(source.current().catalogue.entitlements) == {"reports-write"}


# Half-written files. The clock stands far before the files' own times, so only resting by this clock counts.


def waiting(file: Path) -> tuple[CatalogueSource, Hand]:
    clock = Hand(datetime(2000, 1, 1, tzinfo=UTC))
    source = CatalogueSource([file], clock, settle=timedelta(seconds=1))
    clock.move(1)
    source.current()
    return source, clock


def test_a_file_cut_at_the_end_of_a_line_is_not_taken_up_while_it_is_written(file: Path) -> None:
    """What makes the rule stricter comes last; cut off, the rest is still a good catalogue, and a wider one."""
    whole = with_entitlement(review="\n      reviewers: [owners]\n      approvals: 2")
    file.write_text(whole)
    source, clock = waiting(file)
    cut = whole[: whole.index("      approvals")]
    for _ in range(5):
        file.write_text(cut)
        assert source.current().catalogue.entitlements["reports-write"].review.stages[0].approvals == 2
        clock.move(0.5)
        cut += "#"  # it is still growing
    file.write_text(whole)
    clock.move(2)
    assert source.current().catalogue.entitlements["reports-write"].review.stages[0].approvals == 2
    file.write_text(whole[: whole.index("      approvals")])
    source.current()
    clock.move(1)
    assert (
        source.current().catalogue.entitlements["reports-write"].review.stages[0].approvals == 1
    )  # it rests: it is meant


def test_a_change_that_rested_before_it_was_looked_at_is_taken_up_at_the_first_look(file: Path) -> None:
    clock = Hand(datetime.now(UTC))
    source = CatalogueSource([file], clock, settle=timedelta(seconds=1))
    file.write_text(with_entitlement(requesters="[linus]"))
    clock.now = datetime.now(UTC) + timedelta(seconds=2)
    assert source.current().catalogue.entitlements["reports-write"].requesters == {"linus"}


def test_what_was_loaded_while_it_was_fresh_is_looked_at_again(file: Path) -> None:
    """A change right after the start can leave size and times as they were; it is found when the file has rested."""
    clock = Hand(datetime(2000, 1, 1, tzinfo=UTC))
    source = CatalogueSource([file], clock, settle=timedelta(seconds=1))
    first = source.current()
    clock.move(1)
    assert source.current() is not first  # read again, once
    assert source.current() is source.current()


def test_what_was_read_while_it_changed_is_not_served(file: Path) -> None:
    edits = [with_entitlement(longest=f"{hours}h") for hours in (5, 4, 3)]
    editing = False

    def clock() -> datetime:
        """Asked for before and after the files are read, and each time they are written anew."""
        if editing and edits:
            file.write_text(edits.pop())
        return datetime(2100, 1, 1, tzinfo=UTC)

    source = CatalogueSource([file], clock, settle=timedelta(0))
    editing = True
    file.write_text(with_entitlement(longest="2h"))
    served = []
    while edits:
        served.append(source.current().catalogue.entitlements["reports-write"].longest)
    assert set(served) == {timedelta(hours=1)}
    assert source.current().catalogue.entitlements["reports-write"].longest == timedelta(hours=5)


def test_many_threads_see_one_catalogue_and_never_a_half_one(tmp_path: Path) -> None:
    texts = [with_entitlement(longest=f"{hours}h", name=f"name-{hours}") for hours in range(1, 9)]
    file = tmp_path / "catalogue.yaml"
    file.write_text(texts[0])
    source = at_once(file)
    wrong: list[object] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            loaded = source.current()
            (one,) = loaded.catalogue.entitlements.values()
            if one.name != f"name-{one.longest // timedelta(hours=1)}" or loaded.faults:
                wrong.append(loaded)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for text in texts * 5:
        new = file.with_suffix(".new")
        new.write_text(text)
        new.replace(file)
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert set(source.current().catalogue.entitlements) == {"name-8"}


def test_a_look_reads_no_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = at_once(file)

    def refuse(*_: object, **__: object) -> int:
        raise AssertionError("opened a file")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    for _ in range(100):
        source.current()
