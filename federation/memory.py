"""A short memory for what every incoming request asks of the database again: whose key is this."""

import threading
import time
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Remembers values by owner and name for some seconds; a change made elsewhere shows after that.

    Owners are held weakly: what was remembered for a database ends with it.
    """

    def __init__(self, *, seconds: float, size: int = 10_000) -> None:
        self.seconds = seconds
        self.size = size
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[object, dict[str, tuple[float, Value]]] = WeakKeyDictionary()

    def get(self, owner: object, name: str) -> Value | None:
        """What was put in under this name, unless it is too old."""
        with self._lock:
            since, value = self._found.get(owner, {}).get(name, (0.0, None))
        # A clock that was set back must not make a memory last.
        return value if 0 <= time.time() - since < self.seconds else None

    def put(self, owner: object, name: str, value: Value) -> Value:
        """Remember a value from now on."""
        with self._lock:
            names = self._found.setdefault(owner, {})
            if len(names) >= self.size:
                names.clear()
            names[name] = (time.time(), value)
        return value

    def clear(self) -> None:
        """Something changed: ask again."""
        with self._lock:
            self._found.clear()
