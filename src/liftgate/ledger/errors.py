"""What can be wrong with a draft before it is sealed, and with an entry when it is read back."""

from liftgate.errors import Corrupt, Invalid


class Unrecordable(Invalid):
    """A draft holds something that has no single text, and so no hash: a float, an odd key, a naive time."""

    code = "unrecordable"


class SecretInDraft(Invalid):
    """A draft carries something under a name that secrets have. What it carries is never repeated."""

    code = "secret_in_draft"


class DraftTooLarge(Invalid):
    """A draft's body is larger than the ledger keeps."""

    code = "draft_too_large"


class ChainBroken(Corrupt):
    """An entry does not follow from the one before it."""

    code = "chain_broken"


class UnreadableEntry(Corrupt):
    """An entry on record is not in the one form in which entries are written."""

    code = "unreadable_entry"

    def __init__(self, seq: int, because: str) -> None:
        super().__init__(
            f"entry `{seq}` of the ledger cannot be read: {because}",
            advice="compare the ledger with its latest export, and find out who can write to the database",
            value=str(seq),
        )
        self.seq = seq
        self.because = because
