"""Settings that every test shares; fixtures for servers live in the conftest of the folder that needs them."""

import os

from hypothesis import HealthCheck, settings

# Fixed seeds: a red run can be repeated. LIFTGATE_HYPOTHESIS_PROFILE=search looks further afield, by chance.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("LIFTGATE_HYPOTHESIS_PROFILE", "fixed"))
