"""For all tests: Hypothesis without a clock, since machines are shared and slow at times; signals as they should be."""

import signal
import threading

from hypothesis import settings

settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")

# A shell ignores SIGINT for what it starts in the background, and nohup SIGHUP; and so would every process that the
# tests stop by them.
if threading.current_thread() is threading.main_thread():
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
