"""A Scrapy add-on: settings that follow from other settings."""

from scrapy.settings import BaseSettings

from harvester.manners import check_site, pace


class Manners:
    """Turns SITE, RATE and CONCURRENCY, wherever they were set, into Scrapy's settings; ValueError for what is rude."""

    def update_settings(self, settings: BaseSettings) -> None:
        site = check_site(settings["SITE"])
        settings.update(pace(site, settings.getfloat("RATE"), settings.getint("CONCURRENCY")), priority="addon")
