"""What can go wrong while a catalogue and its settings are set up."""

from liftgate.errors import Conflict, Invalid, Unavailable


class BadAnswer(Invalid):
    """An answer that the catalogue or the settings would refuse."""

    code = "bad_answer"


class AnswerMissing(Invalid):
    """A question that nobody answered, where nobody can be asked."""

    code = "answer_missing"


class FileDiffers(Conflict):
    """A file is there already, and says something else."""

    code = "file_differs"


class FileNotWritten(Unavailable):
    """A file could not be written."""

    code = "file_not_written"
