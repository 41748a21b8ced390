"""What Liftgate needs on its queues; a batch needs the permission of the single call."""

from typing import Final

PERMISSIONS: Final = (
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:SendMessage",  # only where dead letters are sent again
)
