"""A predicted page as pieces."""

from ocr2_loaders.bench.parsing.candidate import Candidate, CandidateKind, CandidateOrigin
from ocr2_loaders.bench.parsing.prediction import Prediction, parse_prediction

__all__ = ["Candidate", "CandidateKind", "CandidateOrigin", "Prediction", "parse_prediction"]
