"""Deviations from Scrapy's defaults, each with its reason; for `scrapy crawl` and for `harvest` alike."""

from importlib.metadata import version
from os import environ
from pathlib import Path

from harvester.boards import SITE as KOREA_KR
from harvester.manners import CONCURRENCY as REQUESTS_AT_ONCE
from harvester.manners import RATE as RATE_A_SECOND

BOT_NAME = "harvester"
SPIDER_MODULES = ["harvester.spiders"]

# Ours, from the environment; the command's options go over them.
SITE = environ.get("HARVEST_SITE") or KOREA_KR
RATE = environ.get("HARVEST_RATE") or RATE_A_SECOND
CONCURRENCY = environ.get("HARVEST_CONCURRENCY") or REQUESTS_AT_ONCE
DATA = environ.get("HARVEST_DATA") or "data"
ESG_BOARD = environ.get("HARVEST_ESG_BOARD") or ""
DATABASE = environ.get("HARVEST_DB") or str(Path(DATA) / "briefings.db")

# The archive of raw pages, beside the database; HARVEST_ARCHIVE=0 turns it off.
ARCHIVE = environ.get("HARVEST_ARCHIVE") or True

# Manners. One honest user agent with a contact; robots.txt obeyed; about a request a second, see manners.py.
USER_AGENT = f"koreakr-harvester/{version('koreakr-harvester')} (archive of public press releases; {{contact}})".format(
    contact=environ.get("HARVEST_CONTACT") or "operator has set no HARVEST_CONTACT"
)
ROBOTSTXT_OBEY = True
ADDONS = {"harvester.addons.Manners": 100}  # delay, concurrency and throttle from SITE, RATE and CONCURRENCY
DOWNLOAD_DELAY_JITTER = 0.1  # a steady pace is easier on a small site than bursts

# Trouble on the way. Four tries; the waits between them are ours (middlewares.py). Short timeouts, so that a site
# that is away is known to be away within minutes.
RETRY_TIMES = 3
RETRY_PRIORITY_ADJUST = 1  # before new pages, so that a site that is broken is known to be before all is asked for
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the day's report says what was given up, and why
RETRY_AFTER_MAX = 45.0  # seconds a run waits because the site asks it to; asked for more, it ends
DOWNLOAD_TIMEOUT = 20
REDIRECT_ENABLED = False  # nothing leads away from the site
METAREFRESH_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy believes anybody; a page from anybody else would be stored as the site's
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # a page weighs 0.2 MB; more than this is a fault or an attack

# A file that is kept and not read goes to the disk as it comes; see downloads.py.
DOWNLOAD_HANDLERS = {"http": "harvester.downloads.ToFile", "https": "harvester.downloads.ToFile"}
FILE_MAXSIZE = 512 * 1024 * 1024

DOWNLOADER_MIDDLEWARES = {
    # Closest to the downloader: what HttpCompressionMiddleware (590) refuses passes by no other middleware.
    "harvester.middlewares.DocumentsFirst": 595,
    # Before HttpCompressionMiddleware (590) on the way back: afterwards nobody knows what was cut off.
    "harvester.middlewares.WholeGzip": 592,
    # Behind HttpCompressionMiddleware (590) on the way back, and before RetryMiddleware: every answer, readable.
    "harvester.middlewares.Evidence": 585,
    # Before RetryMiddleware (550) on the way back, so that its copies carry what Retry-After said.
    "harvester.middlewares.Patience": 560,
    "harvester.middlewares.Moot": 570,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "harvester.middlewares.RobotsTxt": 100,  # in its place
}

# The walk asks for nothing twice by mistake, and on purpose for a listing that moved: see spiders/walk.py. A filter of
# fingerprints would only grow with the range.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

EXTENSIONS = {
    "harvester.extensions.drift.Drift": 50,  # before Run, so that it hears of the end while the books are open
    "harvester.extensions.run.Run": 100,
    "harvester.extensions.progress.Progress": 200,
}

# From what was read to what is stored, in this order.
ITEM_PIPELINES = {
    "pipelines.clean_text.CleanText": 100,
    "pipelines.split_title_prefix.SplitTitlePrefix": 200,
    "pipelines.read_dates.ReadDates": 300,
    "pipelines.name_ministry.NameMinistry": 400,
    "pipelines.read_licence.ReadLicence": 450,
    "pipelines.find_contacts.FindContacts": 475,
    "pipelines.read_parts.ReadParts": 480,
    "pipelines.check_range.CheckRange": 500,
    "pipelines.check_sanity.CheckSanity": 600,
    "pipelines.fingerprint.Fingerprint": 700,
    "pipelines.store.StoreBriefing": 900,
}
# The same for posts of the ESG board.
ESG_ITEM_PIPELINES = {
    "pipelines.read_post.ReadPost": 100,
    "pipelines.store.StoreBriefing": 900,
}
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"

# What this crawl does not use costs a third of its speed (measured, ../docs/architecture.md).
COOKIES_ENABLED = False
REFERER_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
CONCURRENT_ITEMS = 1
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 200000  # bytes read and not yet stored: what a kill can lose
WARN_ON_GENERATOR_RETURN_VALUE = False
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "harvester.extensions.drift.PagesRead": 900,  # closest to the spider: it sees what the spider itself gives
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "ko"}

LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOGSTATS_INTERVAL = 0  # the extension Progress reports in days and releases instead
STATS_DUMP = False
