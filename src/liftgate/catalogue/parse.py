"""Catalogue files to a catalogue, or to every fault in them.

>>> from pathlib import Path
>>> from liftgate.catalogue.parse import check_catalogue
>>> [fault.sentence for fault in check_catalogue([Path("nowhere.yaml")])]
['`nowhere.yaml` cannot be read: no such file or directory']
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from liftgate.catalogue.declared import Declared, gather
from liftgate.catalogue.entitlement import read_entitlements, refuse_two_arns, refuse_two_ways
from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.fault import Fault, FaultKind, FaultList, Place, TooManyFaults
from liftgate.catalogue.fields import Fields, read_fields
from liftgate.catalogue.files import SourceFile, read_files
from liftgate.catalogue.identities import proved_by, read_identities, read_trusted, refuse_elevated
from liftgate.catalogue.keys import FILE
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism, conditions_of
from liftgate.catalogue.names import Directory
from liftgate.catalogue.reader import read_document
from liftgate.catalogue.version import with_version
from liftgate.catalogue.vocabulary import PERSON_GROUPS
from liftgate.identity.model import Person


def load_catalogue(paths: Iterable[Path]) -> Catalogue:
    """The catalogue in files and folders. Raises CatalogueFaulty with every fault."""
    faults = FaultList()
    catalogue = None
    with suppress(TooManyFaults):
        catalogue = _parse(read_files(paths, faults), faults)
    return _faultless(catalogue, faults)


def parse_catalogue(files: Iterable[SourceFile]) -> Catalogue:
    """The catalogue in files already read. Raises CatalogueFaulty with every fault."""
    faults = FaultList()
    catalogue = None
    with suppress(TooManyFaults):
        catalogue = _parse(tuple(files), faults)
    return _faultless(catalogue, faults)


def check_catalogue(paths: Iterable[Path]) -> tuple[Fault, ...]:
    """Every fault in files and folders, in the order in which a reader meets them; none where all is well."""
    try:
        load_catalogue(paths)
    except CatalogueFaulty as error:
        return error.faults
    return ()


def _faultless(catalogue: Catalogue | None, faults: FaultList) -> Catalogue:
    if catalogue is None or faults:
        raise CatalogueFaulty(faults.ordered())
    return catalogue


def _parse(files: tuple[SourceFile, ...], faults: FaultList) -> Catalogue | None:
    if not files:
        if not faults:
            advice = "name a file, or a folder that holds one"
            faults.add(FaultKind.NO_FILES, Place(file="catalogue"), "there is no catalogue file", advice)
        return None
    unreadable = bool(faults)
    documents = [_read_file(file, faults) for file in files]
    declared = gather([fields for fields in documents if fields is not None], faults)
    declared.whole = not unreadable and None not in documents
    return _resolve(declared, faults)


def _read_file(file: SourceFile, faults: FaultList) -> Fields | None:
    document = read_document(file.name, file.content, faults)
    return read_fields(document, FILE, faults) if document is not None else None


def _resolve(declared: Declared, faults: FaultList) -> Catalogue | None:
    claims = read_identities(declared.people, faults)
    directory = Directory(declared, faults)
    guards, auditors = directory.find_once(declared.guards), directory.find_once(declared.auditors)
    trusted = read_trusted(declared.trusted_session_names, faults)
    read = list(read_entitlements(declared, directory, faults))
    refuse_two_arns(read, faults)
    refuse_two_ways(read, faults)
    lent = [one.role for one in read if one.role is not None and one.mechanism is Mechanism.SESSION]
    refuse_elevated(claims, lent, faults)
    if faults:
        return None
    proved = proved_by(claims)
    entitlements = {one.entitlement.name: one.entitlement for one in read if one.entitlement}
    return with_version(
        Catalogue(
            version="",
            people={
                id_: Person(id=id_, name=person.name, kind=person.kind)
                for id_, person in declared.people.items()
            },
            guards=guards.ids,
            auditors=auditors.ids,
            entitlements=entitlements,
            identities=proved.exact,
            patterns=proved.patterns,
            trusted_session_names=trusted,
            teams=directory.teams,
            groups=directory.groups if _asks_for_groups(entitlements.values()) else {},
            zone=declared.zone.value if declared.zone else "UTC",
        )
    )


def _asks_for_groups(entitlements: Iterable[Entitlement]) -> bool:
    """Whether a condition does. How people are put into groups is else no part of what a catalogue says."""
    return any(PERSON_GROUPS in when.names for one in entitlements for when in conditions_of(one.review))
