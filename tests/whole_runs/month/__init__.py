"""A month of hourly runs in a minute or some: the real command, at simulated times, against a site that lives on."""
