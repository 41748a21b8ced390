"""Who a proved identity is."""

from liftgate.catalogue.model import Catalogue
from liftgate.identity.model import Identity, IdentityKind, Person
from liftgate.identity.wildcard import has_wildcard, stands_for


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


def is_claimed(catalogue: Catalogue, identity: Identity) -> bool:
    """Whether the catalogue says anything of an identity: also that several people's patterns fit it, and so nobody's."""
    proved = str(identity)
    return proved in catalogue.identities or any(_fits(proved, pattern) for pattern, _ in catalogue.patterns)


def must_prove_name(catalogue: Catalogue, identity: Identity) -> bool:
    """Whether a session's name is what tells an identity's person apart, and the catalogue does not take it at its word.

    A service that stands for all sessions of its role is the same under any name; users have no session.
    """
    if identity.kind is not IdentityKind.AWS or identity.name.split(":")[2:3] == ["iam"]:
        return False
    begin = f"{identity.name.rpartition('/')[0]}/"
    if begin in catalogue.trusted_session_names:
        return False
    person = person_of(catalogue, identity)
    return person is None or (f"{identity.kind}:{begin}*", person.id) not in catalogue.patterns


def _fits(proved: str, pattern: str) -> bool:
    """Whether a pattern's last character, its only wildcard, stands for the rest of a session's name, or of a subject.

    A pattern of another form was not made by the parser, and fits nothing; nor does a wildcard reach past a ``/`` of an ARN.
    """
    if pattern.startswith(f"{IdentityKind.OIDC}:"):
        return "#" in pattern and has_wildcard(pattern) and stands_for(pattern, proved)
    begin = pattern.removesuffix("*")
    if begin == pattern or ":assumed-role/" not in begin or not proved.startswith(begin):
        return False
    rest = proved.removeprefix(begin)
    return rest != "" and "/" not in rest
