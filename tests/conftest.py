"""For all tests: Hypothesis without a clock, since machines are shared and slow at times."""

from hypothesis import settings

settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")
