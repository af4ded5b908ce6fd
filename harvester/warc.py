"""The archive's exchanges as WARC 1.1, the format of web archives: for pywb, for ReplayWeb.page, for a library.

The archive keeps bodies decoded, and what says how they once travelled is left out here. Record ids are derived from
what they name, so that two exports of the same exchanges are equal to the byte.
"""

import string
from collections.abc import Callable, Iterable
from http import HTTPStatus
from importlib.metadata import version
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from harvester.store.archive import Exchange

OF_THE_WAY = ("content-encoding", "transfer-encoding", "content-length")
"""Headers about the form in which a body travelled, no longer true of the body kept."""
INFO = {
    "software": f"koreakr-harvester/{version('koreakr-harvester')}",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "robots": "obey",
}
IN_A_URI = "%/:?#[]@!$&'()*+,;=~"
LONG_AGO = "1970-01-01T00:00:00Z"
"""The date of an export of nothing: the clock's would make two of them differ."""


def write_warc(
    exchanges: Iterable[Exchange], stream: BinaryIO, bodies_of: Callable[[str], bytes | None] | None = None
) -> int:
    """Write a request and a response record for each exchange; how many exchanges there were.

    `bodies_of` finds a body that the archive keeps outside, by its SHA-256. A response whose body is not to be had is
    written without it and marked with `WARC-Truncated`.
    """
    writer = WARCWriter(stream, gzip=True, warc_version="WARC/1.1")
    info_id, written = "", 0
    for exchange in exchanges:
        info_id = info_id or _write_info(writer, exchange.fetched_at)
        body = exchange.body
        if body is None and bodies_of and exchange.sha256:
            body = bodies_of(exchange.sha256)
        request, response = _request(writer, exchange), _response(writer, exchange, body)
        for record in (request, response):
            record.rec_headers.add_header("WARC-Warcinfo-ID", info_id)
        writer.write_request_response_pair(request, response)
        written += 1
    if not written:
        _write_info(writer, LONG_AGO)
    return written


def _write_info(writer: WARCWriter, date: str) -> str:
    record = writer.create_warcinfo_record("", INFO)
    record_id = _record_id("warcinfo", date)
    record.rec_headers.replace_header("WARC-Record-ID", record_id)
    record.rec_headers.replace_header("WARC-Date", date)
    writer.write_record(record)
    return record_id


def _request(writer: WARCWriter, exchange: Exchange) -> Any:
    address = urlsplit(_uri(exchange.url))
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    headers = [("Host", address.netloc.rpartition("@")[2])]
    form = b"" if exchange.form is None else exchange.form.encode()
    if exchange.form is not None:
        headers += [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(len(form)))]
    http_headers = StatusAndHeaders(f"{exchange.method} {target} HTTP/1.1", headers, is_http_request=True)
    return _record(writer, "request", exchange, http_headers, form)


def _response(writer: WARCWriter, exchange: Exchange, body: bytes | None) -> Any:
    lines = [(_line(name), _line(value)) for name, value in exchange.headers]
    headers = [(name, value) for name, value in lines if name and name.lower() not in OF_THE_WAY]
    headers.append(("Content-Length", str(len(body or b""))))
    http_headers = StatusAndHeaders(f"{exchange.status} {_phrase(exchange.status)}", headers, protocol="HTTP/1.1")
    record = _record(writer, "response", exchange, http_headers, body or b"")
    if body is None and (exchange.sha256 or exchange.size):
        record.rec_headers.add_header("WARC-Truncated", "unspecified")
    return record


def _record(writer: WARCWriter, kind: str, exchange: Exchange, http_headers: StatusAndHeaders, payload: bytes) -> Any:
    asked = (exchange.id, exchange.fetched_at, exchange.method, exchange.url, exchange.form)
    own = {
        "WARC-Record-ID": _record_id(kind, *asked, exchange.status, exchange.sha256),
        "WARC-Date": exchange.fetched_at,
    }
    return writer.create_warc_record(
        _uri(exchange.url),
        kind,
        payload=BytesIO(payload),
        length=len(payload),
        warc_headers_dict=own,
        http_headers=http_headers,
    )


def _record_id(*named: object) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, repr(named))}>"


def _uri(url: str) -> str:
    return quote(url, safe=IN_A_URI)


def _line(text: str) -> str:
    """As part of one line of ASCII: at a line break another header would begin."""
    one = " ".join(text.split())
    return one if one.isascii() else quote(one, safe=string.punctuation + " ")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
