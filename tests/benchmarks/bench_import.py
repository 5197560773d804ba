"""How long `import ocr2_loaders` and the integrations take, beside what they stand on and an empty interpreter.

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
FRAMEWORKS = {
    "llama_index.core": "llama_index.readers.ocr2",
    "langchain_core.documents.base, .document_loaders.base": "langchain_ocr2",
}
"""What an integration is imported beside, and the integration."""
ROUNDS = 11


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def measured(statements: dict[str, str]) -> dict[str, float]:
    """Medians of rounds in which the statements take turns, so that a busy machine is busy for all of them."""
    rounds = [{name: seconds(statement) for name, statement in statements.items()} for _ in range(ROUNDS)]
    return {name: median(each[name] for each in rounds) for name in statements}


def main() -> None:
    taken = measured(STATEMENTS)
    for name in STATEMENTS:
        above = taken[name] - taken["nothing"]
        print(f"{name:50} {taken[name] * 1000:6.0f} ms   {above * 1000:6.0f} ms above an empty interpreter")
    for framework, integration in FRAMEWORKS.items():
        package = framework.split(".", 1)[0]
        parts = ", ".join(part if part.startswith(package) else package + part for part in framework.split(", "))
        taken = measured({framework: f"import {parts}", integration: f"import {parts}, {integration}"})
        added = taken[integration] - taken[framework]
        print(f"{integration:50} {taken[integration] * 1000:6.0f} ms   {added * 1000:6.0f} ms above {framework}")


if __name__ == "__main__":
    main()
