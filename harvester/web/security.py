"""What a browser is allowed to do with our pages."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

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


def guarded(application: Application) -> Application:
    """The application with these headers on every answer."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        policy = POLICY.format(scripts=" 'unsafe-eval'" if CHARTS in scope.get("path", "") else "")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = {**HEADERS, "content-security-policy": policy}
                added = [(name.encode(), value.encode()) for name, value in more.items()]
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await application(scope, receive, with_headers)

    return answer
