"""On Scrapy's signals: the run and its books, and its progress."""
