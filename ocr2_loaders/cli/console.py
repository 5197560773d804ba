"""Where the commands talk to their user: results go to stdout, everything else here."""

from rich.console import Console

stderr = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
