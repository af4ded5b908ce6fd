"""The tables of tags: which releases belong to which topic. How they are filled: harvester/store/tagging.py."""

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
    """
    CREATE TABLE topics (
        topic TEXT PRIMARY KEY NOT NULL,
        title TEXT NOT NULL,
        version INTEGER NOT NULL,
        rules TEXT NOT NULL,
        tagged_at TEXT NOT NULL
    )
    """,
    # Times would not tell what is still to be judged: they are written before their transaction ends, to the second.
    """
    CREATE TABLE judged (
        news_id INTEGER NOT NULL REFERENCES briefings(news_id),
        topic TEXT NOT NULL,
        PRIMARY KEY (news_id, topic)
    ) WITHOUT ROWID
    """,
    # Here and not in the code that writes releases: whoever changes one, its tags are no longer those of its text.
    """
    CREATE TRIGGER briefings_to_judge AFTER UPDATE OF title, lead, body, ministry ON briefings
    WHEN old.title IS NOT new.title OR old.lead IS NOT new.lead
        OR old.body IS NOT new.body OR old.ministry IS NOT new.ministry
    BEGIN
        DELETE FROM judged WHERE news_id = new.news_id;
    END
    """,
)
