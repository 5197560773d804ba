"""Published figures on OmniDocBench v1.5, to stand beside a run of one's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One system as its figures were published: distances 0..1, everything else 0..100.

    `is_own_claim` marks figures from the authors of the system; all others were measured by the benchmark's
    maintainers.
    """

    system: str
    overall: float
    text_edit: float
    cdm: float
    teds: float
    teds_s: float
    reading_order: float
    formula_edit: float | None = None
    is_own_claim: bool = False


PUBLISHED = (
    PublishedRow("PaddleOCR-VL-1.5 (0.9B)", 94.50, 0.035, 94.21, 92.76, 95.79, 0.042),
    PublishedRow("GLM-OCR (0.9B)", 94.35, 0.045, 93.65, 93.89, 96.50, 0.047),
    PublishedRow("Youtu-Parsing (2.5B)", 93.37, 0.042, 91.22, 93.10, 96.47, 0.026),
    PublishedRow("PaddleOCR-VL (0.9B)", 92.86, 0.035, 91.22, 90.89, 94.76, 0.043),
    PublishedRow("Logics-Parsing-v2 (4B)", 92.56, 0.043, 91.41, 90.54, 93.85, 0.044),
    PublishedRow("Ovis2.6-30B-A3B", 92.36, 0.037, 90.32, 90.46, 94.00, 0.046),
    PublishedRow("FireRed-OCR (2B)", 92.07, 0.035, 90.98, 88.72, 92.38, 0.041),
    PublishedRow(
        "DeepSeek-OCR-2 (3B), its paper",
        91.09,
        0.048,
        90.31,
        87.75,
        92.06,
        0.057,
        formula_edit=0.198,
        is_own_claim=True,
    ),
    PublishedRow("MinerU2.5 (1.2B)", 90.93, 0.045, 88.86, 88.44, 92.42, 0.044),
    PublishedRow("HunyuanOCR (1B)", 90.57, 0.085, 86.01, 94.19, 95.96, 0.082),
    PublishedRow("OpenDoc (0.1B)", 90.57, 0.043, 87.70, 88.30, 92.24, 0.050),
    PublishedRow("Gemini-3 Flash", 90.37, 0.065, 89.56, 88.01, 93.79, 0.071),
    PublishedRow("FD-RL (4B)", 90.20, 0.053, 88.52, 87.43, 92.19, 0.063),
    PublishedRow("Gemini-3 Pro", 90.17, 0.062, 88.79, 87.83, 93.32, 0.074),
    PublishedRow("Kimi K2.5 (1T)", 89.33, 0.065, 86.92, 87.57, 91.82, 0.084),
    PublishedRow("DeepSeek-OCR-2 (3B)", 89.17, 0.049, 86.85, 85.60, 90.06, 0.060),
    PublishedRow("Qwen3-VL-235B", 89.15, 0.069, 88.14, 86.21, 90.55, 0.068),
    PublishedRow("dots.ocr (3B)", 88.41, 0.048, 83.22, 86.78, 90.62, 0.053),
    PublishedRow("Gemini-2.5 Pro", 88.03, 0.075, 85.82, 85.71, 90.29, 0.097),
    PublishedRow("DeepSeek-OCR (3B, 9 crops), its paper", 87.36, 0.073, 84.14, 85.25, 89.01, 0.085, is_own_claim=True),
    PublishedRow("DeepSeek-OCR (3B)", 87.01, 0.073, 83.37, 84.97, 88.80, 0.086),
    PublishedRow("PP-StructureV3", 86.73, 0.073, 85.79, 81.68, 89.48, 0.073),
    PublishedRow("GPT-5.2", 85.75, 0.124, 86.93, 82.76, 88.25, 0.106),
    PublishedRow("olmOCR (7B)", 81.79, 0.096, 86.04, 68.92, 74.77, 0.121),
    PublishedRow("Mistral OCR", 78.83, 0.164, 82.84, 70.03, 78.04, 0.144),
    PublishedRow("GPT-4o", 75.02, 0.217, 79.70, 67.07, 76.09, 0.148),
)
"""By overall score, from the benchmark's README of April 2026 and the two papers named."""
