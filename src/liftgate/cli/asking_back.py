"""Asking back before something that cannot be taken back at once."""

import sys

import click


def is_sure(question: str) -> bool:
    """Ask only where somebody is there to answer: a script means what it says."""
    return not sys.stdin.isatty() or click.confirm(question, err=True)
