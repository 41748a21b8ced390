"""Who a proved identity is."""

from liftgate.catalogue.model import Catalogue
from liftgate.identity.model import Identity, Person


def person_of(catalogue: Catalogue, identity: Identity) -> Person | None:
    """The person or service that an identity proves: by its exact name, else by the one pattern that fits it.

    None where nobody has it, and also where patterns of several people fit: an identity proves one person or nobody.
    """
    proved = str(identity)
    exact = catalogue.identities.get(proved)
    if exact is not None:
        return catalogue.people.get(exact)
    fitting = {person for pattern, person in catalogue.patterns if _fits(proved, pattern)}
    return catalogue.people.get(fitting.pop()) if len(fitting) == 1 else None


def _fits(proved: str, pattern: str) -> bool:
    """Whether a pattern's only wildcard, its last character, stands for the rest of the session's name.

    A pattern of another form was not made by the parser, and fits nothing; nor does a wildcard reach past a ``/``.
    """
    begin = pattern.removesuffix("*")
    if begin == pattern or "*" in begin or "?" in begin or ":assumed-role/" not in begin:
        return False
    rest = proved.removeprefix(begin)
    return len(rest) < len(proved) and rest != "" and "/" not in rest and _names_a_role(begin)


def _names_a_role(begin: str) -> bool:
    """Whether account and role are literal: the wildcard stands in the last of three segments."""
    return begin.partition(":assumed-role/")[2].count("/") == 1
