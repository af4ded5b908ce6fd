"""How fast a site may be asked: politely, unless it is this machine."""

import ipaddress
import math
import re
from typing import Any
from urllib.parse import urlsplit

RATE = 1.0
CONCURRENCY = 4
FASTEST = 5.0
"""Requests a second that a site which is not this machine is asked at most, whatever is wanted."""
MOST_AT_ONCE = 8


def is_loopback(site: str) -> bool:
    """Whether the address means this machine: 127.0.0.0/8, ::1 or localhost."""
    host = urlsplit(site).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_site(site: str) -> str:
    """The site's address as settings want it, `https://www.korea.kr`. ValueError where it is not such an address."""
    try:
        parts = urlsplit(site)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment or parts.username or re.search(r"\s", site):
        raise ValueError(f"{site!r} is not a site's address: write it like https://www.korea.kr")
    return f"{parts.scheme}://{parts.netloc}"


def pace(site: str, rate: float, concurrency: int) -> dict[str, Any]:
    """Scrapy's settings for a number of requests a second and at once. ValueError for what would be rude.

    A rate of 0 means no limit, and is for loopback only.
    """
    if not math.isfinite(rate) or rate < 0:
        raise ValueError(f"{rate} is not a number of requests a second: 0 or more")
    if concurrency < 1:
        raise ValueError(f"{concurrency} is not a number of requests at once: 1 or more")
    if not is_loopback(site):
        if rate == 0:
            raise ValueError(f"0 means no limit, which only this machine may be asked with, not {site}: try {RATE:g}")
        if rate > FASTEST or concurrency > MOST_AT_ONCE:
            raise ValueError(f"{site} is asked at most {FASTEST:g} times a second and {MOST_AT_ONCE} times at once")
    delay = 1 / rate if rate else 0.0
    return {
        # Without any delay Scrapy 2.19 forgets how many requests are under way and sends all it has.
        "DOWNLOAD_DELAY": delay or 0.0001,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        # Requests that wait for their next try count here too; they must not keep the others from going on.
        "CONCURRENT_REQUESTS": 4 * concurrency + 16,
        # Slows down below the rate when the site itself is slow.
        "AUTOTHROTTLE_ENABLED": delay > 0,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(concurrency),
        # Without a limit the site is this machine's own; else what it asks of one request holds for all.
        "RETRY_AFTER_FOR_ALL": delay > 0,
        "RETRY_FIRST_WAIT": max(0.2, min(2 * delay, 2.0)),
    }
