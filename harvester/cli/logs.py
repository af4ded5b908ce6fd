"""The log of a crawl at the command line: our own lines on stderr, Scrapy's only where something broke."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(message)s"


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Plain lines for a log. `verbose`: every request and retry; `quiet`: nothing but trouble, for a terminal.

    Call it after Scrapy configured its own logging, which would undo it.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    if not verbose:
        # Scrapy tells of middlewares and requests; we tell of days and releases.
        logging.getLogger("scrapy").setLevel(logging.ERROR)
        # A robots.txt that cannot be had would be a page of traceback; the listing that fails with it tells as much.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    if quiet:
        logging.getLogger("harvester").setLevel(logging.ERROR)
