"""What can go wrong between Liftgate and where CloudTrail's events come from."""

from liftgate.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class QueueMissing(NotFound):
    """There is no queue of that address."""

    code = "queue_missing"


class QueueForbidden(Refused):
    """AWS does not let Liftgate do what it needs to do on the queue."""

    code = "queue_forbidden"


class QueueElsewhere(Invalid):
    """The queue is in another region than the one that was called."""

    code = "queue_elsewhere"


class QueueUnavailable(Unavailable):
    """SQS did not answer, or is too busy."""

    code = "queue_unavailable"


class NoDeadLetters(Conflict):
    """This server was not told of a dead-letter queue."""

    code = "no_dead_letter_queue"


class NoSuchDeadLetter(NotFound):
    """There is no dead letter of that id, or somebody else holds it for the moment."""

    code = "no_such_dead_letter"


class TrailUnreachable(Unavailable):
    """The trail's bucket did not answer, or may not be read."""

    code = "trail_unreachable"


class TrailRefused(TrailUnreachable):
    """AWS says no, or nobody has credentials: trying again alone does not help."""

    code = "trail_refused"


class NoTrailBucket(TrailRefused):
    """There is no bucket of that name."""

    code = "no_trail_bucket"
