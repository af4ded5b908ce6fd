"""How complete and how fresh a database is, to be looked at: in a terminal, or as a page on a wall."""
