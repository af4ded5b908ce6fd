"""Tags: which releases belong to which topic, by the rules of `harvester/topics`."""

TABLE = (
    """
    CREATE TABLE tags (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        topic TEXT NOT NULL,
        area TEXT NOT NULL,
        words TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (news_id, topic, area)
    )
    """,
    "CREATE INDEX tags_topic ON tags (topic, area, news_id)",
    # Up to where the rules of a topic have been applied: what changed later is judged by the next run.
    """
    CREATE TABLE topics (
        topic TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        tagged_at TEXT NOT NULL
    )
    """,
)
