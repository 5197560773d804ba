"""The render process: started by path, spoken to over its standard input, which is a socket.

It runs without `site` and without the catalogues of the packages it lies in (`ocr2_loaders/__init__.py` imports the
whole house, which takes longer than starting Python), and it finds its modules where its parent found them.
"""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path
from types import ModuleType

_PAGES = Path(__file__).resolve().parents[1]


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    _stand_in_for("ocr2_loaders", _PAGES.parent)
    _stand_in_for("ocr2_loaders.pages", _PAGES)

    from ocr2_loaders.pages.messages import Channel, Disconnected
    from ocr2_loaders.pages.worker.limits import bound_memory, die_with_parent
    from ocr2_loaders.pages.worker.service import serve

    die_with_parent()
    channel = Channel(socket.socket(fileno=0))
    try:
        setup, _ = channel.receive()
        sys.path[:] = setup["sys_path"]
        bound_memory(setup["memory_bytes"])
        serve(channel)
    except Disconnected:
        pass  # the parent has closed its end: that is how a render process is told to go


def _stand_in_for(name: str, folder: Path) -> None:
    """A package that has modules and no catalogue."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


if __name__ == "__main__":
    main()
