"""Reads a folder of documents into a LanceDB table, ready to be asked, and reports what became of every page.

Given again after it was broken off, it goes on where it ended; given again at any time, it adds what is new, tries
again what failed, and forgets what is no longer in the folder.

Run: python examples/knowledge_base.py folder store ["a question"]
Needs: pip install -e ".[embedded]" lancedb (in the clone)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from program import run

import lancedb
import pyarrow as pa
from hashing_embedding import DIMENSIONS, embedded

import ocr2_loaders
from ocr2_loaders import CacheSettings, LoadSettings, PageResult
from ocr2_loaders.export.flat_document import FlatDocument, flat_documents

KEPT = {"file_sha256": pa.string(), "source": pa.string(), "page_number": pa.int32(), "heading_path": pa.string()}
"""Of the metadata: what an answer is cited by."""
SCHEMA = pa.schema(
    {"id": pa.string(), "text": pa.string(), "vector": pa.list_(pa.float32(), DIMENSIONS), **KEPT}.items()
)
BATCH = 64


@dataclass(slots=True)
class Report:
    """What became of the folder."""

    contents: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    num_new: int = 0
    num_known: int = 0
    num_forgotten: int = 0

    def counted(self, pages: Iterable[PageResult]) -> Iterator[PageResult]:
        for page in pages:
            self.contents.add(page.source.identity)
            self.statuses[page.status.value] += 1
            if page.error:
                self.problems.append(str(page.error))
            yield page

    def __str__(self) -> str:
        statuses = ", ".join(f"{count} {status}" for status, count in self.statuses.items())
        return "\n".join(
            [
                f"{len(self.contents)} files, {self.statuses.total()} pages: {statuses or 'none'}",
                f"passages: {self.num_new} new, {self.num_known} known, {self.num_forgotten} forgotten",
                *(f"not read: {problem}" for problem in self.problems),
            ]
        )


def main(folder: str, store: str, *questions: str) -> int:
    table = lancedb.connect(store).create_table("passages", schema=SCHEMA, exist_ok=True)
    report = ingested(Path(folder).resolve(), table, LoadSettings(cache=CacheSettings(folder=Path(store) / "pages")))
    print(report)
    for question in questions:
        print(f"\n{question}")
        for row in table.search(embedded(question)).limit(3).to_list():
            print(f"- {row['text']}\n  ({row['source']}, page {row['page_number']}, {row['heading_path']})")
    return 1 if report.problems else 0


def ingested(folder: Path, table: lancedb.table.Table, settings: LoadSettings) -> Report:
    """Pages that were read before come from the cache; passages that are stored are not embedded again."""
    report = Report()
    pages = report.counted(ocr2_loaders.load(folder, settings=settings))
    passages = (passage for passage in flat_documents(pages, "chunk") if passage.text)
    while batch := {passage.id: passage for passage in islice(passages, BATCH)}:
        add(list(batch.values()), table, report)
    if not report.problems:  # a file that cannot be read today is not gone
        forget_all_but(report.contents, table, report)
    return report


def add(passages: list[FlatDocument], table: lancedb.table.Table, report: Report) -> None:
    """Ids follow from a file's bytes, so what is stored under an id is what would be stored again."""
    these = among("id", [passage.id for passage in passages])
    known = {row["id"] for row in table.search().where(these).select(["id"]).limit(BATCH).to_list()}
    rows = [row_of(passage) for passage in passages if passage.id not in known]
    if rows:
        table.add(rows)
    report.num_new += len(rows)
    report.num_known += len(known)


def row_of(passage: FlatDocument) -> dict[str, object]:
    heading_path = str(passage.metadata.get("heading_path", ""))
    kept = {key: passage.metadata.get(key) for key in KEPT}
    return {"id": passage.id, "text": passage.text, "vector": embedded(f"{heading_path}\n{passage.text}"), **kept}


def forget_all_but(contents: set[str], table: lancedb.table.Table, report: Report) -> None:
    stored = table.search().select(["file_sha256"]).limit(max(1, table.count_rows())).to_list()
    if gone := {row["file_sha256"] for row in stored} - contents:
        report.num_forgotten = table.count_rows(among("file_sha256", gone))
        table.delete(among("file_sha256", gone))


def among(column: str, values: Iterable[str]) -> str:
    """A condition on a column of ids or digests, which hold nothing that would have to be quoted."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


if __name__ == "__main__":
    run(main)
