"""``liftgate config`` on a server's machine: its settings and where each stands, and everything that is wrong with them."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from liftgate.access.hold import RELEASES_NEEDED
from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.fault import Fault
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.parse import load_catalogue
from liftgate.deployment.plan import plan_for
from liftgate.errors import LiftgateError
from liftgate.server.settings import Settings, load_settings, settings_and_places
from liftgate.server.settings_shown import MASKED, ShownSetting, shown_settings
from liftgate.server.settings_sources import chosen_file, settings_file_places, stated
from liftgate.server.tracker_settings import of_no_tracker

__all__ = ["Checked", "check_config", "chosen_file", "settings_file_places", "show_config"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look at a server's settings came to; ``warnings`` are no faults."""

    faults: tuple[LiftgateError, ...] = ()
    catalogue_faults: tuple[Fault, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()  # what, and what to do


def show_config(file: Path | None) -> list[ShownSetting]:
    """Every setting. Raises what ``load_settings`` does."""
    return shown_settings(*settings_and_places(file))


def check_config(file: Path | None) -> Checked:
    """All that would keep a server from starting with these settings, or from being safe."""
    try:
        settings = load_settings(file)
    except LiftgateError as fault:
        return Checked(faults=(fault, *fault.also))
    readable = tuple(_open_file(file, settings))
    try:
        catalogue = load_catalogue(settings.catalogue)
    except CatalogueFaulty as error:
        return Checked(catalogue_faults=error.faults, warnings=readable)
    return Checked(
        faults=tuple(_undeployable(catalogue, settings)),
        warnings=(*readable, *_unknown_trackers(catalogue, settings), *_few_guards(catalogue)),
    )


def _few_guards(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Whether a hold on somebody could not be released: it takes two guards, neither of them the person."""
    count = len(catalogue.guards)
    if count <= RELEASES_NEEDED:
        whom = "one of them" if count == RELEASES_NEEDED else "anybody"
        yield (
            f"{count} guard(s): nobody could release a hold on {whom}",
            "name three under `guards` in the catalogue",
        )


def _undeployable(catalogue: Catalogue, settings: Settings) -> Iterator[LiftgateError]:
    """What keeps the check of deployed accounts from being made: every hour it would fail in the log."""
    if settings.deploy_check is None:
        return
    try:
        plan_for(catalogue, settings.deploy_options(settings.deploy_check))
    except LiftgateError as fault:
        yield fault


def _open_file(file: Path | None, settings: Settings) -> list[tuple[str, str]]:
    """A file that says secrets, and that others may read."""
    if file is None or not file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return []
    told = stated(file, {}, {}, Settings.model_fields)
    masked = [
        one.name for one in shown_settings(settings, told) if one.value == MASKED and str(file) in one.place
    ]
    if not masked and "database_url" not in told.values:
        return []
    return [(f"others may read {file}, and there are secrets in it", f"chmod 600 {file}")]


def _unknown_trackers(catalogue: Catalogue, settings: Settings) -> list[tuple[str, str]]:
    return [
        (
            f"the entitlement `{one.name}` wants a ticket of `{one.justification.tracker}`, which is no tracker of the settings",
            "name it under [[trackers]], or nobody can ask for it: docs/tickets.md",
        )
        for one in of_no_tracker(catalogue, settings.trackers)
    ]
