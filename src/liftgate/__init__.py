"""Liftgate: just-in-time S3 access that ends by itself."""

from typing import Final

VERSION: Final = "0.1.0"
