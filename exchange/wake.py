"""How a commit wakes whoever waits for work, without a queue between them."""

import threading


class Wake(threading.Event):
    """An event with several listeners: each waits on one of its own, and setting this sets them all."""

    def __init__(self) -> None:
        super().__init__()
        self._listeners: list[threading.Event] = []

    def listener(self) -> threading.Event:
        """A new event that is set whenever this one is."""
        event = threading.Event()
        self._listeners.append(event)
        return event

    def set(self) -> None:
        super().set()
        for event in self._listeners:
            event.set()
