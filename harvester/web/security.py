"""What may be asked of our pages, and what a browser is allowed to do with them."""

import ipaddress
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# Datasette's pages have styles in their attributes; scripts are files of ours and of Datasette's alone.
POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Vega compiles its charts, on the pages that have some.
CHARTS = "/-/dashboards/"

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}

METHODS = ("GET", "HEAD", "OPTIONS")
ONLY_READ = "읽기만 할 수 있습니다: GET, HEAD, OPTIONS로 물으십시오."
NO_HOST = "Host 머리글을 읽을 수 없습니다."
OTHER_HOST = "이 이름으로는 열 수 없습니다. localhost로 여시거나 harvest serve --allow-host에 이 이름을 주십시오."


def guarded(application: Application, base_url: str = "/") -> Application:
    """The application for those who read, below `base_url`, with these headers on every answer.

    Datasette would take the path below for part of its own, and put it before its links again.
    """

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        policy = POLICY.format(scripts=" 'unsafe-eval'" if CHARTS in scope.get("path", "") else "")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = {**HEADERS, "content-security-policy": policy}
                added = [(name.encode(), value.encode()) for name, value in more.items()]
                told = [(name, _below(base_url, name, value)) for name, value in message.get("headers", [])]
                message = {**message, "headers": [*told, *added]}
            await send(message)

        if scope["type"] != "http":
            await application(scope, receive, send)
        elif scope["method"] not in METHODS:
            await _say(with_headers, 405, ONLY_READ, ("allow", ", ".join(METHODS)))
        elif host(scope) is None:
            await _say(with_headers, 400, NO_HOST)
        elif f"{scope['path']}/" == base_url:
            asked = scope["query_string"].decode("latin-1")
            await _say(with_headers, 302, "", ("location", f"{base_url}{f'?{asked}' if asked else ''}"))
        else:
            await application(_as_root(scope, base_url), receive, with_headers)

    return answer


def called(application: Application, names: Collection[str]) -> Application:
    """The application for who calls it by a number or by one of these names.

    Else a page of another site could have its own name lead here, and read what is served to this machine alone.
    """

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        name = host(scope) if scope["type"] == "http" else ""
        if name and name not in names and not _is_number(name):
            await _say(send, 403, OTHER_HOST)
        else:
            await application(scope, receive, send)

    return answer


def host(scope: Message) -> str | None:
    """The name that the client knows us by, in small letters; None for what is no name of a host."""
    told = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    try:
        parts = urlsplit(f"//{told}")
        parts.port  # noqa: B018  (raises ValueError, too)
    except ValueError:
        return None
    return (parts.hostname or "").rstrip(".") if parts.netloc == told and told.isascii() else None


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _as_root(scope: Message, base_url: str) -> Message:
    """The same asked of pages that lie below nothing; without cookies, for ours has none: those that come along are of
    others on this host, and may be anything."""
    paths = {
        "path": f"/{scope['path'].removeprefix(base_url)}" if scope["path"].startswith(base_url) else scope["path"]
    }
    raw = scope.get("raw_path")
    if raw and raw.startswith(base_url.encode()):
        paths["raw_path"] = b"/" + raw.removeprefix(base_url.encode())
    return {**scope, **paths, "headers": [each for each in scope["headers"] if each[0] != b"cookie"]}


def _below(base_url: str, name: bytes, value: bytes) -> bytes:
    """A header: a redirect to a path of ours leads below `base_url`."""
    base = base_url.encode()
    leads_out = name.lower() == b"location" and value.startswith(b"/") and not value.startswith(base)
    return base + value[1:] if leads_out else value


async def _say(send: Send, status: int, sentence: str, *headers: tuple[str, str]) -> None:
    told = [("content-type", "text/plain; charset=utf-8"), *headers]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in told]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
