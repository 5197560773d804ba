"""How long `import ocr2_loaders` takes, beside its own dependencies and an empty interpreter.

python tests/benchmarks/bench_import.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

STATEMENTS = {
    "nothing": "pass",
    "numpy": "import numpy",
    "pydantic": "import pydantic",
    "numpy, pydantic, lxml.html, PIL.Image": "import numpy, pydantic, lxml.html, PIL.Image",
    "ocr2_loaders": "import ocr2_loaders",
    "ocr2_loaders, and load from it": "from ocr2_loaders import load",
}
ROUNDS = 11


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    rounds = [{name: seconds(statement) for name, statement in STATEMENTS.items()} for _ in range(ROUNDS)]
    empty = median(each["nothing"] for each in rounds)
    for name in STATEMENTS:
        taken = median(each[name] for each in rounds)
        print(f"{name:40} {taken * 1000:6.0f} ms   {(taken - empty) * 1000:6.0f} ms above an empty interpreter")


if __name__ == "__main__":
    main()
