"""A chat model behind any server that speaks OpenAI's chat completions, reached by one bounded request a reply."""

import json
import logging
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from synthgest.errors import MissingDependency, SpecError
from synthgest.prompting.chat import ChatFailed, Message
from synthgest.prompting.writing import WriterSettings

# httpx2 and not requests: anyio cancels the whole exchange at the deadline, headers included, where requests limits single
# reads, so that a server that trickles holds it for ever; and requests puts a password of ~/.netrc in the key's place.
try:
    import anyio
    import anyio.from_thread
    import httpx2
    from pydantic import BaseModel, ValidationError
except ImportError as error:
    raise MissingDependency(f"the writer needs {error.name}: pip install 'synthgest[writer]'") from error

_LARGEST = 1_000_000  # bytes of a reply's body
_KEY = re.compile(r"[A-Za-z0-9._~+/=:@-]+")
_FINAL = {401, 402, 403, 404, 405, 410}  # the key, the account or the address is wrong, and stays wrong
_LOGGERS = ("httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.proxy")

Scrub = Callable[[str], str]


class Endpoint:
    """``Chat`` over HTTP. It holds no key: that is read from ``environ`` at each request, sent, and struck out of all else.

    ``settings.base_url`` is the server's address up to ``/v1``. environ: os.environ, or a stand-in. clock: seconds.
    """

    __slots__ = ("_clock", "_environ", "_settings", "_tls", "_url")

    def __init__(
        self,
        settings: WriterSettings,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            self._url = httpx2.URL(f"{settings.base_url.rstrip('/')}/chat/completions")
        except httpx2.InvalidURL as error:
            raise SpecError(f"base_url is {settings.base_url!r}, which is no address: {error}") from error
        self._settings = settings
        self._environ = environ
        self._clock = clock
        self._tls = httpx2.create_ssl_context()  # once, for it reads the machine's certificates

    def __repr__(self) -> str:
        return f"Endpoint({str(self._url)!r}, model={self._settings.model!r})"

    def reply(self, messages: Sequence[Message], *, deadline: float) -> str:
        """The model's text, after one request of at most ``timeout`` seconds that also ends by ``deadline``."""
        key = self._key()
        scrub = _scrubber(key)
        seconds = min(self._settings.timeout, deadline - self._clock())
        if seconds <= 0:
            raise ChatFailed("timeout", "no time was left for a request", sent=False)
        with _scrubbed_logs(scrub), anyio.from_thread.start_blocking_portal() as portal:  # works within notebooks too
            answer = portal.call(self._post, self._body(messages), key, scrub, seconds)
        if not 200 <= answer.status < 300:
            raise _unsuccessful(answer, scrub)
        return scrub(_text(answer.body))

    def _key(self) -> str:
        name = self._settings.key_env
        key = self._environ.get(name, "").strip() if name else ""
        if name and not _KEY.fullmatch(key):
            state = "holds characters that no key has" if key else "is not set"
            raise ChatFailed(
                "no-key", f'{name} {state}; for a server without keys: key_env = ""', final=True, sent=False
            )
        return key

    def _body(self, messages: Sequence[Message]) -> bytes:
        payload = {
            "model": self._settings.model,
            "temperature": self._settings.temperature,
            "messages": [asdict(message) for message in messages],
            "response_format": {"type": "json_object"},
        }
        return json.dumps(payload).encode()

    async def _post(self, body: bytes, key: str, scrub: Scrub, seconds: float) -> "_Answer":
        # A compressed reply could unfold to any size, so none is asked for and what comes is not decompressed.
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        failure = ChatFailed("timeout", f"no whole reply within {seconds:.3g} s")
        try:
            with anyio.fail_after(seconds):
                async with (
                    httpx2.AsyncClient(timeout=None, verify=self._tls, follow_redirects=False) as client,
                    client.stream("POST", self._url, content=body, headers=headers) as response,
                ):
                    retry_after = _seconds(response.headers.get("Retry-After", ""))
                    return _Answer(status=response.status_code, retry_after=retry_after, body=await _read(response))
        except TimeoutError:
            pass
        except httpx2.HTTPError as error:
            failure = ChatFailed("connection", _line(scrub(f"{type(error).__name__}: {error}")))
        raise failure  # out here, where it does not hold on to an exception that knows the request and its key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """status: of HTTP. retry_after: seconds, if the server said any."""

    status: int
    retry_after: float | None
    body: bytes


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > _LARGEST:
            raise ChatFailed("invalid", f"a reply of more than {_LARGEST} bytes")
    return bytes(body)


class _Said(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Said
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice]


class _Error(BaseModel):
    message: str = ""
    code: str | int | None = None


class _Trouble(BaseModel):
    error: _Error


def _text(body: bytes) -> str:
    """What the first choice of a completion says. pydantic refuses broken UTF-8 and halves of surrogate pairs."""
    if not body.strip():
        raise ChatFailed("empty", "the server sent nothing")
    try:
        choices = _Completion.model_validate_json(body).choices
    except ValidationError as error:
        raise ChatFailed("invalid", f"not a completion: {error.errors()[0]['type']}") from None  # it quotes the reply
    if not choices:
        raise ChatFailed("empty", "the server sent no choice")
    said, finish = choices[0].message, choices[0].finish_reason
    if said.refusal or finish == "content_filter":
        raise ChatFailed("refusal", "the model refused, or a content filter stopped it")
    if finish == "length":
        raise ChatFailed("length", "the reply was cut off by the server's limit on tokens")
    if not said.content or not said.content.strip():
        raise ChatFailed("empty", "the model said nothing")
    return said.content


def _unsuccessful(answer: _Answer, scrub: Scrub) -> ChatFailed:
    try:
        error = _Trouble.model_validate_json(answer.body).error
    except ValidationError:
        error = _Error()
    empty = answer.status == 429 and error.code == "insufficient_quota"
    final = empty or answer.status in _FINAL or 300 <= answer.status < 400  # a redirect could lead the key astray
    reason = "quota" if empty else "rate-limit" if answer.status == 429 else f"status-{answer.status}"
    message = _line(scrub(f"status {answer.status}: {error.message or 'no explanation'}"))
    return ChatFailed(reason, message, retry_after=answer.retry_after, final=final)


def _seconds(header: str) -> float | None:
    """A Retry-After in seconds, from a number or an HTTP date (RFC 9110, 10.2.3); None if it is neither."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            date = parsedate_to_datetime(header)
        except (ValueError, OverflowError, IndexError):
            return None
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _line(text: str) -> str:
    """At most 200 characters that fit a line of a log."""
    return "".join(character if character.isprintable() else " " for character in text)[:200]


def _scrubber(key: str) -> Scrub:
    r"""Strikes the key out of a text, also where JSON writes some of its characters as ``\/`` or ``\u0073``."""
    if not key:
        return lambda text: text
    spelt = "".join(rf"(?:\\?{re.escape(sign)}|\\u(?i:{ord(sign):04x}))" for sign in key)
    return lambda text: re.sub(spelt, "***", text)


@contextmanager
def _scrubbed_logs(scrub: Scrub) -> Iterator[None]:
    """Strikes the key out of what the HTTP library logs: in debugging, the headers that a server may echo it in."""

    def strike(record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage()), ()
        return True

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(strike)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(strike)
