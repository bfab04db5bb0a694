"""A short memory for what every incoming request asks of the database again: whose key is this."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Remembers values by owner and name for some seconds; a change made elsewhere shows after that.

    Owners are held weakly: what was remembered for a database ends with it. `clear` makes a change of
    our own show at once, also to who read the database just before it and remembers just after.
    """

    def __init__(self, *, seconds: float, size: int = 10_000) -> None:
        self.seconds = seconds
        self.size = size
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[object, dict[str, tuple[float, Value]]] = WeakKeyDictionary()
        self._cleared = 0

    def ask(self, owner: object, name: str, find: Callable[[], Value]) -> Value:
        """What is remembered, or else what `find` says, which is remembered from now on."""
        # A dictionary that is only read needs no lock, and this is read for every request.
        held = self._found.get(owner, {}).get(name)
        if held is not None and self._fresh(held[0]):
            return held[1]
        age = self._cleared
        return self.put(owner, name, find(), age=age)

    def get(self, owner: object, name: str) -> Value | None:
        """What was put in under this name, unless it is too old."""
        with self._lock:
            since, value = self._found.get(owner, {}).get(name, (0.0, None))
        return value if self._fresh(since) else None

    @property
    def age(self) -> int:
        """How often this was cleared; what was found at one age is not remembered at another."""
        return self._cleared

    def put(self, owner: object, name: str, value: Value, *, age: int | None = None) -> Value:
        """Remember a value from now on, unless things have changed since the `age` at which it was found."""
        with self._lock:
            if age in (None, self._cleared):
                names = self._found.setdefault(owner, {})
                if len(names) >= self.size:
                    names.clear()
                names[name] = (time.time(), value)
        return value

    def clear(self) -> None:
        """Something changed: ask again."""
        with self._lock:
            self._cleared += 1
            self._found.clear()

    def _fresh(self, since: float) -> bool:
        # A clock that was set back must not make a memory last.
        return 0 <= time.time() - since < self.seconds
