"""The web server, stricter about where a request ends, and about who may sit in it without a word.

Waitress believes the chunks of a request that also names a length, and the length of one in HTTP/1.0 that says
it comes in chunks. A proxy in front may believe the other, and what it took for the body of one visitor's
request would be read as the next request (RFC 9112, 6.1 and 11.2). Such a request is refused, and the
connection closed behind the answer.

Connections that say nothing are let go after a while. When there are so many of them that somebody new could soon
not come in any more, the while is short, and who speaks a letter at a time does not speak: nobody holds the house
by sitting in it.
"""

import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.server import BaseWSGIServer, create_server

CROWDED = 0.75  # of the connections that may be open at once
BRIEF = 0.5  # seconds that a connection may then stay open without a request
SLOW = 10.0  # seconds that a request may then take to come in, or its answer to be read


class _Parser(HTTPRequestParser):
    path = ""  # where the head could not be read, whoever puts requests into an order finds none

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except TransferEncodingNotImplemented as error:
            raise ParsingError("The request comes packed in a way that is not read here.") from error
        except ValueError as error:  # an address that Python's own parser stumbles over
            raise ParsingError("The address of the request cannot be read.") from error
        # What is left of Transfer-Encoding here is that of HTTP/1.0, which has none.
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The length of the request is told in two ways.")


class _Channel(HTTPChannel):
    parser_class = _Parser
    began = float("inf")  # when the first byte of its latest request came

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))


def strict_server(app: Any, listening: dict[int, Any], **options: Any) -> Any:
    """Waitress for an application, listening; `listening` is filled with its sockets. Raises OSError."""
    server = create_server(app, listening, **options)
    for one in list(listening.values()):
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel
            _let_go_of_the_silent(one)
            _let_all_in(one)
    return server


def _let_all_in(server: Any) -> None:
    """Who stands at the door comes in at once, not one for each look at all that is open.

    Under load a look takes as long as the threads leave to it, and whoever came last waited for all who came first.
    """
    let_one_in = server.handle_accept

    def handle_accept() -> None:
        while len(server.active_channels) < server.adj.connection_limit:
            before = len(server.active_channels)
            let_one_in()
            if len(server.active_channels) == before:
                return

    server.handle_accept = handle_accept


def _let_go_of_the_silent(server: Any) -> None:
    def maintenance(now: float) -> None:
        crowded = len(server.active_channels) > CROWDED * server.adj.connection_limit
        since = now - (BRIEF if crowded else server.adj.channel_timeout)
        for channel in server.active_channels.values():
            slow = crowded and channel.began < now - SLOW
            if not channel.requests and (slow or channel.last_activity < since):
                channel.will_close = True

    server.maintenance = maintenance
