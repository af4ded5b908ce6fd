"""Having runs started without anybody there: the lines of cron, the units of systemd, and what they start."""
