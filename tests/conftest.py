"""For all tests: Hypothesis without a clock, since machines are shared and slow at times; Ctrl-C as it should be."""

import signal
import threading

from hypothesis import settings

settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")

# A shell ignores SIGINT for what it starts in the background, and so would every process that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
