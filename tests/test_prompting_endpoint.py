import gzip
import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from synthgest.errors import SpecError
from synthgest.prompting.chat import ChatFailed, Message
from synthgest.prompting.endpoint import Endpoint
from synthgest.prompting.writing import WriterSettings

KEY = "sk-Very/Secret+0123456789="
ENVIRON = {"SYNTHGEST_LLM_KEY": KEY}
HELLO = (Message(role="user", content="Hello, as JSON."),)

Act = Callable[["Handler"], None]


# -- a server that plays a script --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    path: str
    headers: dict[str, str]
    body: dict[str, object]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "ScriptedServer"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.close_connection = True
        self.server.play(self, Seen(self.path, dict(self.headers), body))

    def do_GET(self) -> None:  # a redirected POST may arrive as one
        self.server.play(self, Seen(self.path, dict(self.headers), {}))

    def log_message(self, *_: object) -> None:
        pass


class ScriptedServer(ThreadingHTTPServer):
    """Plays its acts in turn, the last for ever, on a free port of the loopback."""

    daemon_threads = False  # joined when it closes, so that no act outlives its test

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.acts: list[Act] = []
        self.seen: list[Seen] = []
        self.closing = threading.Event()
        self._turn = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def play(self, handler: Handler, seen: Seen) -> None:
        with self._turn:
            act = self.acts[min(len(self.seen), len(self.acts) - 1)]
            self.seen.append(seen)
        with suppress(ConnectionError):  # the client may have left
            act(handler)

    def __enter__(self) -> "ScriptedServer":
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


def sends(body: bytes, status: int = 200, headers: dict[str, str] | None = None, phrase: str | None = None) -> Act:
    def act(handler: Handler) -> None:
        handler.send_response(status, phrase)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def completion(content: object, **message: object) -> bytes:
    said = {"role": "assistant", "content": content} | message
    return json.dumps({"id": "1", "choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}).encode()


def says(content: object, **message: object) -> Act:
    return sends(completion(content, **message))


def ends(reason: str) -> Act:
    return sends(completion("half a sen").replace(b'"stop"', json.dumps(reason).encode()))


def fails(status: int, message: str = "", headers: dict[str, str] | None = None, code: str | None = None) -> Act:
    return sends(json.dumps({"error": {"message": message, "code": code}}).encode(), status, headers)


def stalls(handler: Handler) -> None:
    handler.server.closing.wait(30)


def trickles(start: bytes) -> Act:
    def act(handler: Handler) -> None:
        handler.wfile.write(start)
        while not handler.server.closing.wait(0.02):
            handler.wfile.write(b" ")

    return act


def resets(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.wfile.close = handler.rfile.close = lambda: None  # type: ignore[method-assign]


def writes(text: bytes) -> Act:
    return lambda handler: handler.wfile.write(text) and None


def echoes(status: int) -> Act:
    """Repeats the Authorization header wherever a server can."""

    def act(handler: Handler) -> None:
        heard = handler.headers["Authorization"]
        escaped = json.dumps({"texts": [heard]}).replace("/", "\\/").replace("S", "\\u0053")
        body = completion(f"{heard} {escaped}") if status == 200 else json.dumps({"error": {"message": heard}}).encode()
        sends(body, status, {"X-Echo": heard}, phrase=heard)(handler)

    return act


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ScriptedServer() as server:
        yield server


def endpoint(server: ScriptedServer, environ: dict[str, str] = ENVIRON, **settings: object) -> Endpoint:
    return Endpoint(WriterSettings(base_url=server.base_url, model="m", **settings), environ=environ)


def ask(server: ScriptedServer, act: Act, *, within: float = 5.0, **settings: object) -> str:
    server.acts = [act]
    return endpoint(server, **settings).reply(HELLO, deadline=time.monotonic() + within)


def failure(server: ScriptedServer, act: Act, *, within: float = 5.0, **settings: object) -> ChatFailed:
    with pytest.raises(ChatFailed) as caught:
        ask(server, act, within=within, **settings)
    assert len(server.seen) == 1
    return caught.value


# -- what is asked -----------------------------------------------------------------------------------------------------


def test_the_request_is_a_chat_completion_in_json_mode(server: ScriptedServer) -> None:
    assert ask(server, says('{"texts": []}'), temperature=0.5) == '{"texts": []}'
    (seen,) = server.seen
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["Authorization"] == f"Bearer {KEY}"
    assert seen.body == {
        "model": "m",
        "temperature": 0.5,
        "messages": [{"role": "user", "content": "Hello, as JSON."}],
        "response_format": {"type": "json_object"},
    }


def test_an_empty_name_sends_no_key(server: ScriptedServer) -> None:
    ask(server, says("fine"), key_env="")
    assert "Authorization" not in server.seen[0].headers


@pytest.mark.parametrize("key", [None, "", "  ", "two words", "sk-\r\nX-Injected: 1", "sk-\u00e9"])
def test_a_key_that_cannot_be_sent_asks_nothing_and_is_not_repeated(server: ScriptedServer, key: str | None) -> None:
    environ = {} if key is None else {"SYNTHGEST_LLM_KEY": key}
    with pytest.raises(ChatFailed, match="SYNTHGEST_LLM_KEY") as caught:
        endpoint(server, environ).reply(HELLO, deadline=time.monotonic() + 5)
    assert (caught.value.reason, caught.value.final, caught.value.sent) == ("no-key", True, False)
    assert not (key and key.strip() and key in str(caught.value))
    assert server.seen == []


def test_text_beyond_ascii_comes_back_whole(server: ScriptedServer) -> None:
    assert ask(server, sends(completion("x").replace(b'"x"', '"Straße 街 🙂"'.encode()))) == "Straße 街 🙂"


# -- what goes wrong ---------------------------------------------------------------------------------------------------

INVALID = {
    "not JSON": sends(b"<html>Bad gateway</html>"),
    "JSON of another kind": sends(b'{"choices": {"message": "hi"}}'),
    "a list": sends(b"[]"),
    "deep": sends(b"[" * 100_000),
    "half of it": sends(completion("a whole sentence")[:60]),
    "unicode cut in two": sends(completion("x").replace(b'"x"', '"Straße'.encode()[:6] + b'"')),
    "half a surrogate pair": sends(completion("x").replace(b'"x"', b'"\\ud83d"')),
    "content in parts": says([{"type": "text", "text": "hi"}]),
    "compressed unasked": sends(gzip.compress(completion("x" * 1000)), headers={"Content-Encoding": "gzip"}),
    "compressed to a bomb": sends(gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}),
    "more than a megabyte": says("x" * 1_000_001),
}

OTHERWISE: dict[str, tuple[Act, str]] = {
    "an empty body": (sends(b""), "empty"),
    "no choice": (sends(b'{"choices": []}'), "empty"),
    "no text": (says(""), "empty"),
    "null": (says(None), "empty"),
    "a refusal": (says(None, refusal="I cannot help with that."), "refusal"),
    "a content filter": (ends("content_filter"), "refusal"),
    "cut off": (ends("length"), "length"),
    "a reset": (resets, "connection"),
    "not HTTP": (writes(b"SSH-2.0-OpenSSH_9.6\r\n"), "connection"),
    "no reply": (writes(b""), "connection"),
    "an endless header": (writes(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000), "connection"),
    "a body that ends early": (sends(b"{", headers={"Content-Length": "500"}), "connection"),
    "500": (fails(500), "status-500"),
    "a 503 in HTML": (sends(b"<html>", 503), "status-503"),
    "400": (fails(400, "no such format"), "status-400"),
    "429": (fails(429), "rate-limit"),
}


@pytest.mark.parametrize("act", INVALID.values(), ids=INVALID)
def test_a_body_that_is_no_completion_is_invalid(server: ScriptedServer, act: Act) -> None:
    failed = failure(server, act)
    assert (failed.reason, failed.final, failed.sent) == ("invalid", False, True)


@pytest.mark.parametrize(("act", "reason"), OTHERWISE.values(), ids=OTHERWISE)
def test_every_failure_has_its_reason_and_may_be_tried_again(server: ScriptedServer, act: Act, reason: str) -> None:
    failed = failure(server, act)
    assert (failed.reason, failed.final, failed.sent) == (reason, False, True)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 410])
def test_a_wrong_key_or_address_is_final_and_says_the_servers_reason(server: ScriptedServer, status: int) -> None:
    failed = failure(server, fails(status, "no model\nm\x1b[31m" + "!" * 900))
    assert (failed.reason, failed.final) == (f"status-{status}", True)
    assert "no model m" in str(failed)
    assert str(failed).isprintable()
    assert len(str(failed)) <= 200


def test_an_empty_account_is_final(server: ScriptedServer) -> None:
    failed = failure(server, fails(429, "You exceeded your quota", code="insufficient_quota"))
    assert (failed.reason, failed.final) == ("quota", True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: ScriptedServer, status: int) -> None:
    with ScriptedServer() as elsewhere:
        failed = failure(server, fails(status, headers={"Location": f"{elsewhere.base_url}/chat/completions"}))
        assert elsewhere.seen == []
    assert (failed.reason, failed.final) == (f"status-{status}", True)


def test_a_server_that_is_not_there_is_a_failed_connection(server: ScriptedServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = WriterSettings(base_url=f"http://127.0.0.1:{port}/v1", model="m")
    with pytest.raises(ChatFailed) as caught:
        Endpoint(settings, environ=ENVIRON).reply(HELLO, deadline=time.monotonic() + 5)
    assert caught.value.reason == "connection"


# -- time --------------------------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n"


@pytest.mark.parametrize(
    "act",
    [
        stalls,
        trickles(b"HTTP/1.1 200 "),
        trickles(HEAD + b"X: "),
        trickles(HEAD + b"\r\n"),
        trickles(b"HTTP/1.1 500 No\r\n\r\n"),
    ],
    ids=["silence", "in the status", "in the headers", "in the body", "in an error"],
)
@pytest.mark.parametrize(("timeout", "within"), [(0.15, 30.0), (30.0, 0.15)], ids=["timeout", "deadline"])
def test_a_slow_server_is_left_in_time(server: ScriptedServer, act: Act, timeout: float, within: float) -> None:
    begun = time.monotonic()
    failed = failure(server, act, timeout=timeout, within=within)
    assert (failed.reason, failed.final) == ("timeout", False)
    assert time.monotonic() - begun < 0.15 + 0.5


def test_a_deadline_that_has_passed_asks_nothing(server: ScriptedServer) -> None:
    with pytest.raises(ChatFailed) as caught:
        ask(server, says("fine"), within=-1.0)
    assert (caught.value.reason, caught.value.sent) == ("timeout", False)
    assert server.seen == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 0.0), ("1.5", 1.5), ("-3", 0.0), ("inf", None), ("nan", None), ("soon", None), ("", None)],
)
def test_the_wait_that_a_server_asks_for_is_told_in_seconds(
    server: ScriptedServer, header: str, seconds: float | None
) -> None:
    assert failure(server, fails(429, headers={"Retry-After": header})).retry_after == seconds


@pytest.mark.parametrize(("ahead", "least", "most"), [(60, 55.0, 60.0), (-60, 0.0, 0.0)])
def test_the_wait_may_be_a_date(server: ScriptedServer, ahead: int, least: float, most: float) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    asked = failure(server, fails(503, headers={"Retry-After": date})).retry_after
    assert asked is not None
    assert least <= asked <= most


# -- the key -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 401, 429, 500])
def test_a_key_that_the_server_echoes_is_struck_out_everywhere(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    server.acts = [echoes(status)]
    client = endpoint(server)
    try:
        said = client.reply(HELLO, deadline=time.monotonic() + 5)
    except ChatFailed as failed:
        said = f"{failed} {failed!r} {failed.__cause__!r} {failed.__context__!r}"
    assert "***" in said
    assert "***" in caplog.text  # the library does log the headers that echo it
    for text in (said, caplog.text, repr(client), repr(caplog.records)):
        assert KEY not in text
        assert KEY not in text.replace("\\/", "/").replace("\\u0053", "S")


def test_a_failed_connection_says_nothing_of_the_key(server: ScriptedServer) -> None:
    failed = failure(server, resets)
    assert KEY not in f"{failed} {failed.__context__!r}"
    assert failed.__context__ is None


# -- the address -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/v1",
        "file:///etc/passwd",
        "host/v1",
        "https://",
        "https://user:password@host/v1",
        "https://password@host/v1",
        "https://host/v1?key=password",
        "https://host/v1#password",
        "https://host:port/v1",
        "https://[::1/v1",
        "https://ho st/v1",
    ],
)
def test_an_address_that_cannot_or_must_not_be_used_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(SpecError, match="base_url") as caught:
        WriterSettings(base_url=address, model="m")
    assert "password" not in str(caught.value).replace("user, password, query", "")


def test_an_address_with_no_such_host_name_is_refused() -> None:
    with pytest.raises(SpecError, match="no address"):
        Endpoint(WriterSettings(base_url="http://xn--\u00e9/v1", model="m"), environ=ENVIRON)
