"""Addresses out of the data: which are safe to follow, and how they stand in a link."""

from urllib.parse import quote, urlsplit


def safe_address(url: str | None) -> str | None:
    """The address, if a browser that follows it can do nothing but ask a web site for a page."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def quoted(url: str) -> str:
    """The address as RFC 3986 writes it: blanks and letters of no alphabet but the English one as numbers."""
    return quote(url.strip(), safe="!#$%&'()*+,/:;=?@[]~", errors="replace")
