"""What can go wrong, in two families that must never be confused: what Telegram itself would refuse (the
bot may catch it) and what a test did that a person could not do, or that this sandbox does not model.

RefusedError            an answer of the Bot API, with Telegram's code and text
NotModelledError        the bot asked for something that is not modelled here (the test must fail)
CannotError             an actor tried what a person cannot do
    NotOnScreenError    no button with that label is visible
    NeverAnsweredError  no answer to a tap within the deadline
    NeverSeenError      no message with that text within the deadline
    NotSettledError     updates or calls were still pending at the deadline
"""

from __future__ import annotations

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
BAD_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


class RefusedError(Exception):
    """The Bot API refuses the call, as Telegram would."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


class NotModelledError(AssertionError):
    """The bot used a part of Telegram that this sandbox does not model."""


class CannotError(AssertionError):
    """An actor tried something that a person with a Telegram client cannot do."""


class NotOnScreenError(CannotError):
    """No such button is visible to her."""


class NeverAnsweredError(CannotError):
    """The bot did not answer the tap within the deadline: the button spins."""


class NeverSeenError(CannotError):
    """The text did not appear on her screen within the deadline."""


class NotSettledError(CannotError):
    """Updates were unconfirmed or calls in progress when the deadline passed."""


def bad_request(what: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {what}")


def forbidden(what: str) -> RefusedError:
    return RefusedError(403, f"Forbidden: {what}")


def too_many_requests(seconds: int) -> RefusedError:
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
