"""Answers a question from documents with LangChain, in their own words, and says where the answer stands.

Run: python examples/langchain_rag.py file.pdf "Who had promised to mend the roof?"
Needs: pip install -e ".[embedded]" -e integrations/langchain-ocr2 (in the clone)
"""

from __future__ import annotations

import re
from typing import TypedDict

from program import run

from hashing_embedding import HashingEmbedding, embedded
from langchain_core.documents import Document
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_ocr2 import Ocr2Loader, ocr2_key_encoder

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Found(TypedDict):
    question: str
    passages: list[Document]


def main(file: str, question: str) -> None:
    store = InMemoryVectorStore(HashingEmbedding())
    records = InMemoryRecordManager(namespace="documents")  # in an application, one that lasts
    written = index(Ocr2Loader(file, mode="chunk"), records, store, cleanup="full", key_encoder=ocr2_key_encoder)
    retriever = store.as_retriever(search_kwargs={"k": 3})
    chain = {"question": RunnablePassthrough(), "passages": retriever} | RunnableLambda(answered)
    print(f"{written['num_added']} passages\n\n{question}\n\n{chain.invoke(question)}")


def answered(found: Found) -> str:
    """Stands where your prompt and language model will stand: the sentence nearest to the question, with its source."""
    wanted = embedded(found["question"])
    sentences = [(text, passage) for passage in found["passages"] for text in _SENTENCE_END.split(passage.page_content)]
    nearest = max(sentences, key=lambda each: sum(a * b for a, b in zip(wanted, embedded(each[0]), strict=True)))
    sources = "\n".join(f"[{number}] {cited(passage)}" for number, passage in enumerate(found["passages"], start=1))
    return f"{nearest[0]} [{found['passages'].index(nearest[1]) + 1}]\n\n{sources}"


def cited(passage: Document) -> str:
    facts = passage.metadata
    place = f", {facts['bbox_y0']:.0%} down" if "bbox_y0" in facts else ""
    what = facts.get("error") or facts.get("heading_path", "no heading")
    return f"{facts['file_name']}, page {facts['page_label']}{place}: {what}"


if __name__ == "__main__":
    run(main)
