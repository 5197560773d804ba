"""Converts a document with a model that an OpenAI-compatible server runs, several pages at a time.

Run: python examples/remote_endpoint.py http://gpu-server:8000/v1 file.pdf
Needs: pip install -e ".[endpoint]" (in the clone); a key goes into OCR2_ENDPOINT_API_KEY.
"""

from __future__ import annotations

from program import run

import ocr2_loaders
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings


def main(url: str, document: str) -> None:
    with EndpointEngine(EndpointSettings.from_env(base_urls=(url,))) as engine:
        for page in ocr2_loaders.load(document, engine=engine):
            why = f", {page.error}" if page.error else ""
            print(f"<!-- page {page.page_number} of {page.num_pages}: {page.status}{why} -->\n{page.markdown}\n")


if __name__ == "__main__":
    run(main)
