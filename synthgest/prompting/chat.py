"""The seam to a chat model: what is said to it, the one shape that its reply may have, and the reasons why there is none."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, Protocol

from synthgest.prompting.similarity import ALIKE, similarity, words_of

FIELD = "texts"
"""The one key of the JSON object that a reply is."""

_MARKUP = re.compile(r"[<>{}`\\]|http|\.\./", re.IGNORECASE)
_SHORTEST = 10  # characters
_UNPRINTED = (
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
)  # control, format (bidi overrides, zero width), surrogate, private, unassigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Chat(Protocol):
    """A chat model: a server (``endpoint``), a model in memory (``local_chat``), or a script in a test."""

    def reply(self, messages: Sequence[Message], *, deadline: float) -> str:
        """What the model says next; ChatFailed if it says nothing by ``deadline``, a reading of time.monotonic, seconds.

        One call makes one request at most: whoever calls decides whether to try again.
        """


class ChatFailed(Exception):
    """No usable reply. Internal to prompting: the writer turns it into a recorded fallback, no user sees it raised.

    reason: a short code, kept in records. retry_after: seconds that the server asks to wait. final: no later call can
    succeed either. sent: whether a request left for the model.

    ==============  ===============================================================================================
    timeout         no whole reply in time                          budget      the run's time for writing is spent
    connection      refused, reset, or not HTTP                     no-key      no usable key in the environment
    rate-limit      status 429                                      quota       status 429, and the account is empty
    status-NNN      any other status than success                   memory      the local model does not fit
    refusal         refused, or stopped by a content filter         length      cut off by the limit on tokens
    empty           a reply without text                            invalid     not the JSON asked for, or unfit text
    count           fewer texts than asked for                      duplicates  two texts say the same
    ==============  ===============================================================================================
    """

    def __init__(
        self, reason: str, message: str, *, retry_after: float | None = None, final: bool = False, sent: bool = True
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after
        self.final = final
        self.sent = sent


def texts_in(reply: str, *, count: int, longest: int) -> tuple[str, ...]:
    """The first ``count`` texts of a reply ``{"texts": [...]}``, each of one line and at most ``longest`` characters.

    Anything else raises ChatFailed (``invalid``, ``count``, ``duplicates``), whose message repeats nothing of the reply. A code
    fence round the object and a leading ``<think>`` block are forgiven; other keys, markup, addresses and characters that
    do not print are not, in any of the texts.
    """
    texts = tuple(_clean(text, longest) for text in _listed(_bare(reply)))
    if len(texts) < count:
        raise ChatFailed("count", f"{len(texts)} texts; expected {count}")
    kept = texts[:count]
    for (first, text), (second, other) in combinations(enumerate(kept, start=1), 2):
        if similarity(text, other) > ALIKE:
            raise ChatFailed("duplicates", f"texts {first} and {second} say the same")
    return kept


def _bare(reply: str) -> str:
    """The reply without what chat models put round JSON. No regular expression: a long hostile reply must cost no time."""
    text = reply.strip()
    if text.startswith("<think>"):
        text = text.partition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```"):
        text = text[3:-3].removeprefix("json").strip()
    return text


def _listed(text: str) -> list[str]:
    from pydantic import ConfigDict, ValidationError, create_model  # here, for recipes are read without the extra

    shape = create_model("Reply", __config__=ConfigDict(extra="forbid", strict=True), texts=(list[str], ...))
    try:
        found: list[str] = shape.model_validate_json(text).model_dump()[FIELD]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ChatFailed(
            "invalid", f"not {{{FIELD!r}: [text, ...]}}: {first['type']}"
        ) from None  # pydantic quotes the reply
    return found


def _clean(text: str, longest: int) -> str:
    line = " ".join(text.split())
    if not _SHORTEST <= len(line) <= longest or not words_of(line):
        raise ChatFailed("invalid", f"a text of {len(line)} characters; expected words of {_SHORTEST} to {longest}")
    if any(unicodedata.category(character) in _UNPRINTED for character in line):
        raise ChatFailed("invalid", "a text holds characters that do not print")
    if _MARKUP.search(line):
        raise ChatFailed("invalid", "a text holds markup, a path or an address")
    return line
