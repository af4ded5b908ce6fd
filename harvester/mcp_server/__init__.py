"""The database for language models: a server of the Model Context Protocol, which reads and never writes."""
