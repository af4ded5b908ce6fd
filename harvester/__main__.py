"""`python -m harvester` is `harvest`."""

from harvester.cli import main

if __name__ == "__main__":  # the processes of a replay import this file too
    main()
