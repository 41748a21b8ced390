"""Time zones by their names in the IANA database."""

from zoneinfo import ZoneInfo


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone of that name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True
