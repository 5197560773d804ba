"""Where the commands talk to their user: results go to stdout, everything else here, every word as it is."""

from rich.console import Console

stderr = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)
