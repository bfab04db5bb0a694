"""What can go wrong between instances, in one tree; the class docstring is the message people read.

    FederationError
    ├── Refused(status, reason)     something came in and is not accepted
    │   ├── BadActivity             400
    │   ├── InvalidSignature        401
    │   ├── Forbidden               403
    │   ├── Quarantined             403
    │   ├── TooLarge                413
    │   ├── TooMany                 429, with the seconds to wait
    │   └── TryLater                503
    └── FetchError(reason, retry)   something of another instance could not be had
        ├── AddressRefused          we do not go there
        ├── NotFound                404
        ├── Gone                    410
        ├── BadDocument             it answered, but not with what was asked for
        └── Unreachable             no answer, or not now

`reason` is one English sentence and a key for translation, so it never holds a variable part;
that goes into `detail`, which is for operators.
"""


class FederationError(Exception):
    """Something went wrong between this instance and another."""

    def __init__(self, reason: str | None = None, *, detail: str = "") -> None:
        self.reason = reason or (type(self).__doc__ or "").strip().splitlines()[0]
        self.detail = detail
        super().__init__(f"{self.reason} ({detail})" if detail else self.reason)


class Refused(FederationError):
    """This was not accepted."""

    status = 400

    def __init__(self, status: int | None = None, reason: str | None = None, *, detail: str = "") -> None:
        super().__init__(reason, detail=detail)
        self.status = status or type(self).status


class _Answered(Refused):
    """This was not accepted."""

    def __init__(self, reason: str | None = None, *, detail: str = "") -> None:
        super().__init__(None, reason, detail=detail)


class BadActivity(_Answered):
    """This is not an activity that can be read."""

    status = 400


class InvalidSignature(_Answered):
    """The signature of this request is missing or does not hold."""

    status = 401


class Forbidden(_Answered):
    """The sender may not do this."""

    status = 403


class Quarantined(_Answered):
    """The key of this actor has changed without being announced; our operator has to accept it."""

    status = 403


class TooLarge(_Answered):
    """This is larger than what is accepted."""

    status = 413


class TooMany(_Answered):
    """You send more than this instance takes from one sender; please wait a little."""

    status = 429

    def __init__(self, seconds: float = 1.0, *, detail: str = "") -> None:
        super().__init__(detail=detail)
        self.seconds = seconds


class TryLater(_Answered):
    """This cannot be checked right now; please send it again later."""

    status = 503
    seconds = 30.0  # until then; who is told so keeps an appointment and does not take us for dead


class FetchError(FederationError):
    """The document could not be fetched."""

    retry = False

    def __init__(
        self,
        reason: str | None = None,
        *,
        retry: bool | None = None,
        status: int | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(reason, detail=detail)
        self.retry = type(self).retry if retry is None else retry
        self.status = status


class AddressRefused(FetchError):
    """This address is not one that an instance may reach."""


class NotFound(FetchError):
    """There is nothing at this address."""


class Gone(FetchError):
    """What was at this address has been deleted."""


class BadDocument(FetchError):
    """The answer is not the document that was asked for."""


class Unreachable(FetchError):
    """The other instance does not answer."""

    retry = True
