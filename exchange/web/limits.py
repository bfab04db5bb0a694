"""How often a password may be tried: a few times a minute for a mailbox, a few more for an address."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

TRIES = RateLimitItemPerMinute(5)  # of one mailbox from one address
TRIES_OF_ADDRESS = RateLimitItemPerMinute(30)


class LoginLimits:
    """Counts the tries of this process; a log-in that succeeds takes its own tries back."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, address: str, mailbox: str) -> bool:
        """Count one try, and say whether it may be made."""
        mailbox = mailbox.strip().lower()[:200]
        of_address = self._limiter.hit(TRIES_OF_ADDRESS, "address", address)
        return self._limiter.hit(TRIES, "mailbox", address, mailbox) and of_address

    def forget(self, address: str, mailbox: str) -> None:
        """The tries led to a log-in: they do not count any more."""
        self._limiter.clear(TRIES, "mailbox", address, mailbox.strip().lower()[:200])
