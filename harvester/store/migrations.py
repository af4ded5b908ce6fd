"""The schema, a migration a change. docs/data-dictionary.md, held to this by a test, says what each column means."""

from sqlite_utils import Database, Migrations

from harvester.store.drift import TABLES as DRIFT
from harvester.store.joint import TABLE as JOINT_RELEASES
from harvester.store.search import TABLES as SEARCH
from harvester.store.tags import TABLE as TAGS

migrations = Migrations("harvester")

FIRST = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        verb TEXT NOT NULL,
        arguments TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        days_asked INTEGER NOT NULL,
        days_closed INTEGER NOT NULL DEFAULT 0,
        requests INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0,
        new INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        verdict TEXT CHECK (verdict IN ('complete', 'partial', 'failure', 'interrupted')),
        reason TEXT,
        exit_status INTEGER,
        version TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE briefings (
        news_id INTEGER PRIMARY KEY,
        board TEXT NOT NULL,
        title TEXT NOT NULL,
        title_prefix TEXT,
        subtitle TEXT,
        lead TEXT,
        body TEXT,
        body_source TEXT NOT NULL CHECK (body_source IN ('page', 'hwpx', 'hwp', 'pdf', 'viewer', 'lead', 'none')),
        ministry TEXT NOT NULL,
        ministry_raw TEXT NOT NULL,
        ministry_code TEXT,
        published_on TEXT NOT NULL,
        published_at TEXT,
        source_line TEXT NOT NULL,
        license TEXT,
        url TEXT NOT NULL,
        first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        changed_at TEXT,
        withdrawn_at TEXT,
        revision INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        row_signature TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id)
    )
    """,
    "CREATE INDEX briefings_board_published_on ON briefings (board, published_on)",
    "CREATE INDEX briefings_published_on ON briefings (published_on)",
    "CREATE INDEX briefings_ministry ON briefings (ministry, published_on)",
    "CREATE INDEX briefings_ministry_code ON briefings (ministry_code, published_on)",
    "CREATE INDEX briefings_changed_at ON briefings (changed_at)",
    """
    CREATE TABLE attachments (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        position INTEGER NOT NULL,
        file_id TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        url TEXT NOT NULL,
        bytes INTEGER,
        sha256 TEXT,
        text TEXT,
        text_status TEXT NOT NULL,
        PRIMARY KEY (news_id, position)
    )
    """,
    "CREATE INDEX attachments_file_id ON attachments (file_id)",
    """
    CREATE TABLE revisions (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        revision INTEGER NOT NULL,
        changed_at TEXT NOT NULL,
        field TEXT NOT NULL,
        old TEXT,
        new TEXT,
        cause TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        PRIMARY KEY (news_id, revision, field)
    )
    """,
    "CREATE INDEX revisions_changed_at ON revisions (changed_at)",
    """
    CREATE TABLE days (
        board TEXT NOT NULL,
        day TEXT NOT NULL,
        filter TEXT NOT NULL,
        declared INTEGER,
        listed INTEGER,
        stored INTEGER,
        state TEXT NOT NULL CHECK (state IN ('complete', 'empty', 'partial', 'failed')),
        reason TEXT,
        checked_at TEXT NOT NULL,
        settled_at TEXT,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        PRIMARY KEY (board, day, filter)
    )
    """,
    "CREATE INDEX days_state ON days (state, day)",
    """
    CREATE TABLE unknowns (
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        news_id INTEGER,
        seen INTEGER NOT NULL,
        first_seen_at TEXT NOT NULL,
        PRIMARY KEY (kind, value)
    )
    """,
    """
    CREATE TABLE ministries (
        code TEXT,
        name TEXT NOT NULL,
        short_name TEXT,
        english_name TEXT,
        since TEXT,
        until TEXT,
        successor TEXT
    )
    """,
    "CREATE INDEX ministries_name ON ministries (name)",
    "CREATE INDEX ministries_code ON ministries (code)",
)


@migrations()
def m001_first_tables(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)


TEXTS = (
    "ALTER TABLE briefings ADD COLUMN body_status TEXT NOT NULL DEFAULT 'not fetched'",
    # What the first version could read stood on the page. The others are asked for by the next run that comes by.
    "UPDATE briefings SET body_status = 'read' WHERE body IS NOT NULL",
    "ALTER TABLE briefings ADD COLUMN exchange_id INTEGER",
    # Few of a database of years: those whose text a run still has to get.
    "CREATE INDEX briefings_not_read ON briefings (board, published_on) WHERE body_status LIKE 'not fetched%'",
    """
    CREATE TABLE contacts (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        position INTEGER NOT NULL,
        department TEXT,
        role TEXT,
        name TEXT,
        phone TEXT,
        PRIMARY KEY (news_id, position)
    )
    """,
)


@migrations()
def m002_texts(db: Database) -> None:
    for statement in (*TEXTS, *JOINT_RELEASES):
        db.execute(statement)


BOARDS = (
    "ALTER TABLE briefings ADD COLUMN presenter TEXT",
    """
    CREATE TABLE statements (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('statement', 'question', 'answer')),
        speaker TEXT,
        text TEXT NOT NULL,
        PRIMARY KEY (news_id, position)
    )
    """,
    "CREATE INDEX statements_speaker ON statements (speaker)",
    """
    CREATE TABLE agenda_items (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        position INTEGER NOT NULL,
        title TEXT NOT NULL,
        ministries TEXT,
        in_charge TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (news_id, position)
    )
    """,
    "ALTER TABLE ministries ADD COLUMN kind TEXT",
    """
    CREATE TABLE esg_posts (
        post_id INTEGER PRIMARY KEY,
        number INTEGER,
        title TEXT NOT NULL,
        writer TEXT NOT NULL,
        posted_on TEXT NOT NULL,
        day_raw TEXT NOT NULL,
        department TEXT,
        source_line TEXT,
        source_ministry TEXT,
        source_day TEXT,
        link TEXT,
        link_news_id INTEGER,
        likes INTEGER,
        hits INTEGER,
        text TEXT NOT NULL,
        url TEXT NOT NULL,
        news_id INTEGER REFERENCES briefings(news_id),
        matched_by TEXT,
        match_reason TEXT,
        sought_at TEXT,
        first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        changed_at TEXT,
        withdrawn_at TEXT,
        revision INTEGER NOT NULL,
        row_signature TEXT NOT NULL,
        exchange_id INTEGER,
        run_id INTEGER NOT NULL REFERENCES runs(id)
    )
    """,
    "CREATE INDEX esg_posts_posted_on ON esg_posts (posted_on)",
    "CREATE INDEX esg_posts_news_id ON esg_posts (news_id)",
    """
    CREATE TABLE esg_revisions (
        post_id INTEGER NOT NULL REFERENCES esg_posts(post_id),
        revision INTEGER NOT NULL,
        changed_at TEXT NOT NULL,
        field TEXT NOT NULL,
        old TEXT,
        new TEXT,
        cause TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        PRIMARY KEY (post_id, revision, field)
    )
    """,
)


@migrations()
def m003_boards(db: Database) -> None:
    for statement in BOARDS:
        db.execute(statement)


@migrations()
def m004_questions(db: Database) -> None:
    for statement in (
        *SEARCH,
        *TAGS,
        # The newest first: without reading what is not shown.
        "CREATE INDEX briefings_by_day ON briefings (published_on, published_at)",
        "DROP INDEX briefings_published_on",
    ):
        db.execute(statement)


@migrations()
def m005_settling(db: Database) -> None:
    db.execute("ALTER TABLE days ADD COLUMN glanced_at TEXT")
    db.execute("ALTER TABLE days ADD COLUMN glanced_page INTEGER")
    db.execute("ALTER TABLE days ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE days SET quiet = 2 WHERE settled_at IS NOT NULL")


@migrations()
def m006_drift(db: Database) -> None:
    for statement in DRIFT:
        db.execute(statement)
