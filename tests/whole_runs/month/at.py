"""`python -m tests.whole_runs.month.at 2024-07-01T10:00+09:00 crawl …`: the command in a fresh process, then."""

import sys
from datetime import datetime

from harvester.cli import main
from tests.whole_runs.month.clocked import tell

if __name__ == "__main__":
    tell(datetime.fromisoformat(sys.argv.pop(1)))
    main()
