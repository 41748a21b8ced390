"""Settings that every test shares; fixtures for servers live in the conftest of the folder that needs them."""

import gc
import os
import signal
from collections import Counter

import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck, settings

# Fixed seeds: a red run can be repeated. LIFTGATE_HYPOTHESIS_PROFILE=search looks further afield, by chance.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("LIFTGATE_HYPOTHESIS_PROFILE", "fixed"))

# A shell has what it starts in the background ignore Ctrl-C, and all that is started by that; programs of tests must hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that no worker begins one when the others have none left; and let ``--dist loadgroup`` group.

    Pytest-xdist 3.8 names the group where pytest 9.2 no longer looks: without this every worker starts servers of its
    own. It goes when pytest-xdist does it.
    """
    _refuse_twins(items)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        grouped = item.__dict__.get("_nodeid")
        if grouped is not None:
            item._id = NodeId.parse(grouped)


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: looking through them for garbage again and again took a seventh of all CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


def _refuse_twins(items: list[pytest.Item]) -> None:
    """Of tests with one id ``--dist loadgroup`` runs the last alone, and says nothing."""
    twins = [node_id for node_id, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twins:
        raise pytest.UsageError(
            f"these ids are of several tests, of which only one would run: {', '.join(twins)}"
        )
