"""What calls reached into, while they are read: as much of it as the deepest folders that hold them depend on, and no more."""

from typing import Final

from liftgate.iam.narrowing.folders import Path

DEEPEST: Final = 40  # steps of a path, bucket included: what lies deeper counts as the folder there
MOST_FOLDERS: Final = 5_000
_SHALLOWEST: Final = 2  # the bucket by itself


class Gathered:
    """Keys and folders, a function of the set of those that were added.

    Of a folder with many keys, the folder is kept alone. Of too many folders, those above them: all are cut to the depth at which
    there are few enough. A place that holds what is kept holds all that was added.
    """

    def __init__(self, most_keys: int) -> None:
        self._most_keys = most_keys  # in one folder
        self._depth = DEEPEST
        self._keys: dict[Path, set[str] | None] = {}  # None: the folder itself

    def add(self, path: Path, key: str | None) -> None:
        """A key in a folder, or the folder itself."""
        self._put(path, None if key is None else {key})
        while len(self._keys) > MOST_FOLDERS and self._depth > _SHALLOWEST:
            self._depth -= 1
            before, self._keys = self._keys, {}
            for one, keys in before.items():
                self._put(one, keys)

    @property
    def keys(self) -> list[tuple[Path, str]]:
        """Keys of folders in which few were used."""
        return [(path, key) for path, keys in self._keys.items() if keys is not None for key in keys]

    @property
    def folders(self) -> list[Path]:
        """Folders that can only be held by themselves or one above."""
        return [path for path, keys in self._keys.items() if keys is None]

    def _put(self, path: Path, keys: set[str] | None) -> None:
        if len(path) > self._depth:
            path, keys = path[: self._depth], None
        known = self._keys.get(path, set())
        both = None if keys is None or known is None else known | keys
        self._keys[path] = None if both is not None and len(both) > self._most_keys else both
