"""Liftgate: just-in-time S3 access that ends by itself.

Importing this must cost nothing: each AWS call of an SDK may start a ``liftgate credentials`` of its own.
"""

VERSION = "0.1.0"
