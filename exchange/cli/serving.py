"""An instance at work in one process: the web server in front, the worker behind, one way to stop both."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from waitress.task import ThreadedTaskDispatcher

from exchange.cli.strict import strict_server
from exchange.config import Settings, misspelt
from exchange.instance import Instance
from exchange.worker import Worker
from federation.others import peers

LARGEST_BODY = 12 * 1024 * 1024  # what the server reads at all; pages and inbox have closer limits
PATIENCE = 2.0  # seconds that requests under way may still take when we stop


URGENT = ("/healthz", "/readyz")


class _Dispatcher(ThreadedTaskDispatcher):
    """Threads that are not waited for longer than an operator waits; who asks whether we live goes before all others."""

    def add_task(self, task: Any) -> None:
        super().add_task(task)
        if task.requests and task.requests[0].path in URGENT:
            with self.lock:
                if self.queue and self.queue[-1] is task:
                    self.queue.rotate(1)

    def shutdown(self, cancel_pending: bool = True, timeout: float = PATIENCE) -> bool:
        return super().shutdown(cancel_pending, timeout)


def serve(instance: Instance, listen: tuple[str, int], *, ready: Callable[[], None]) -> None:
    """Answer requests and work until SIGTERM, SIGINT or `stop_with_parent` says stop.

    Raises OSError when the port is taken. `ready` is called once requests are accepted.
    """
    from exchange.app import create_app

    settings = instance.settings
    # Waitress takes a name that is none for a fault of ours.
    socket.getaddrinfo(*listen, type=socket.SOCK_STREAM)
    dispatcher = _Dispatcher()
    server = strict_server(
        create_app(instance),
        {},
        host=listen[0],
        port=listen[1],
        _dispatcher=dispatcher,
        threads=settings.threads,
        connection_limit=1000,
        asyncore_use_poll=True,
        channel_timeout=20,
        cleanup_interval=1,
        max_request_body_size=LARGEST_BODY,
        max_request_header_size=64 * 1024,
        ident=None,
        clear_untrusted_proxy_headers=False,  # the application judges them by its own setting
    )
    dispatcher.set_thread_count(settings.threads)
    peers.make_room(settings.threads)
    worker = Worker(instance)
    worker.start()
    _on_signals(_leave)
    ready()
    try:
        server.run()
    finally:
        _on_signals(signal.SIG_IGN)
        server.close()
        worker.stop()


def work(instance: Instance, *, ready: Callable[[], None]) -> None:
    """Only the worker, until told to stop."""
    stop = threading.Event()
    _on_signals(lambda _number, _frame: stop.set())
    worker = Worker(instance)
    worker.start()
    ready()
    while not stop.wait(1.0):
        pass
    worker.stop()


def stop_with_parent() -> None:
    """Stop when the process that holds the other end of stdin ends, however it ends."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def log_to_stderr(settings: Settings) -> None:
    """Log lines of key and value on stderr, from the level of the settings up."""
    level = getattr(logging, settings.log.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    for chatty in ("urllib3", "waitress.queue"):  # a busy moment is not worth a warning
        logging.getLogger(chatty).setLevel(logging.ERROR)
    logging.basicConfig(
        stream=sys.stderr, level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s"
    )
    for name in misspelt():
        structlog.get_logger().warning("the name of no setting is in the environment", name=name)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, handler)
