"""What CloudTrail delivers to a bucket, by the words that stand in the names of the files and of the folders that hold them.

Source: "Finding your CloudTrail log files", AWS CloudTrail User Guide.
"""

from typing import Final

LOGS: Final = "CloudTrail"
DIGESTS: Final = "CloudTrail-Digest"
