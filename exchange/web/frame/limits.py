"""How often a password may be tried, a letter caused, and a correction asked for, from one address and in all."""

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from federation.ledger.budgets import network

TRIES = RateLimitItemPerMinute(5)  # of one mailbox from one address
TRIES_OF_ADDRESS = RateLimitItemPerMinute(30)
LETTERS = RateLimitItemPerHour(3)  # to one mailbox, because somebody said it was theirs
QUESTIONS = RateLimitItemPerHour(20)  # about one practice
LETTERS_OF_ADDRESS = RateLimitItemPerHour(10)
REQUESTS = RateLimitItemPerHour(6)  # for corrections, from one address


def _place(address: str) -> str:
    """What one client has of addresses counts as one: in IPv6 that is a whole /64."""
    return network(address) or address


class LoginLimits:
    """Counts the tries of this process; a log-in that succeeds takes its own tries back."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, address: str, mailbox: str) -> bool:
        """Count one try, and say whether it may be made."""
        mailbox, address = mailbox.strip().lower()[:200], _place(address)
        of_address = self._limiter.hit(TRIES_OF_ADDRESS, "address", address)
        return self._limiter.hit(TRIES, "mailbox", address, mailbox) and of_address

    def may_send(self, address: str, mailbox: str) -> bool:
        """Count one letter to a mailbox that somebody at `address` asks for; whether it may be sent."""
        of_address = self._limiter.hit(LETTERS_OF_ADDRESS, "letters", _place(address))
        return of_address and self._limiter.hit(LETTERS, "letter", mailbox.strip().lower()[:200])

    def may_ask(self, address: str, practice: str) -> bool:
        """Count one question about a practice from `address`; whether it may be asked."""
        of_address = self._limiter.hit(LETTERS_OF_ADDRESS, "letters", _place(address))
        return of_address and self._limiter.hit(QUESTIONS, "question", practice)

    def forget(self, address: str, mailbox: str) -> None:
        """The tries led to a log-in: they do not count any more."""
        self._limiter.clear(TRIES, "mailbox", _place(address), mailbox.strip().lower()[:200])


class CorrectionLimits:
    """Counts the requests for corrections of this process; addresses are kept for an hour, in memory only."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, address: str) -> bool:
        """Count one request, and say whether it may be made."""
        return self._limiter.hit(REQUESTS, "correction", _place(address))
