"""Logs of libraries that may quote addresses, tokens or what people wrote: nobody hears them. What matters is raised, and logged by us."""

import logging


def quiet(name: str) -> logging.Logger:
    """A library's logger, with no way to anybody."""
    logger = logging.getLogger(name)
    logger.handlers = [logging.NullHandler()]  # without one, warnings would go to stderr
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger
