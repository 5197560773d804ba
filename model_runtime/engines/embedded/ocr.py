"""RapidOCR behind one call: pixels in, lines of text with their corners out. Nothing is downloaded.

RapidOCR looks on the network for models that it does not find. All three paths are therefore given here, to the files
that lie in its own wheel, and a wheel without them is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.errors import EngineError, EngineUnavailable
from model_runtime.install_line import install_line

PARTS = {"Det": "*_det_*.onnx", "Cls": "*_cls_*.onnx", "Rec": "*_rec_*.onnx"}
"""RapidOCR's names of its three models, and the files of its wheel that hold them."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line that was read. `corners` has shape (4, 2): x and y in pixels, clockwise from the text's upper left."""

    text: str
    corners: NDArray[np.float64]
    score: float


class OcrReader:
    """A loaded RapidOCR. One call at a time: RapidOCR keeps the state of a call in itself.

    Raises: EngineUnavailable when the package or its models are missing.
    """

    def __init__(self, num_threads: int, min_score: float) -> None:
        self._rapidocr = loaded(num_threads, {"Global.text_score": min_score})

    def __call__(self, pixels: NDArray[np.uint8]) -> list[ReadLine]:
        """The lines of an RGB picture of shape (height, width, 3), from top to bottom.

        Raises: EngineError when RapidOCR gives up on the picture.
        """
        import cv2
        from rapidocr.utils.output import RapidOCROutput

        with faults_as_engine_errors():
            found = self._rapidocr(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        if not isinstance(found, RapidOCROutput) or found.txts is None or found.boxes is None or found.scores is None:
            return []
        read = zip(found.txts, found.boxes, found.scores, strict=True)
        return [ReadLine(text, np.asarray(corners, dtype=np.float64), float(score)) for text, corners, score in read]


def loaded(num_threads: int, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401 - RapidOCR has no types
    """A RapidOCR with the models of its wheel. Raises: EngineUnavailable when the package or its models are missing."""
    models = model_files()
    return rapidocr_class()(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": num_threads,
            **{f"{part}.model_path": str(file) for part, file in models.items()},
            **parameters,
        }
    )


def rapidocr_class() -> Any:  # noqa: ANN401 - RapidOCR has no types
    """Imports it, which takes a second or so. Raises: EngineUnavailable when a package is missing."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise EngineUnavailable(
            f"reading pixels needs rapidocr and onnxruntime: {error}", hint=install_line("embedded")
        ) from error
    return RapidOCR


@contextmanager
def faults_as_engine_errors() -> Iterator[None]:
    """Raises: EngineError in the place of what RapidOCR raises when it gives up on a picture."""
    import cv2
    from rapidocr import LoadImageError
    from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError
    from rapidocr.utils.process_img import ResizeImgError

    try:
        yield
    except (LoadImageError, ResizeImgError, ONNXRuntimeError, cv2.error) as error:
        raise EngineError(f"RapidOCR failed on the page: {_last_line(error)}") from error


def model_files() -> dict[str, Path]:
    """The models in RapidOCR's wheel by part.

    Raises: EngineUnavailable when the package is not installed or came without them.
    """
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise EngineUnavailable("reading pixels needs rapidocr", hint=install_line("embedded"))
    folder = Path(package.origin).parent / "models"
    files = {part: sorted(folder.glob(pattern)) for part, pattern in PARTS.items()}
    missing = [part for part, found in files.items() if not found]
    if missing:
        raise EngineUnavailable(
            f"rapidocr {installed_version()} came without its models for {', '.join(missing)}",
            hint=install_line("embedded"),
        )
    return {part: found[0] for part, found in files.items()}


def model_names() -> str:
    """What stands for the weights in the engine's identity; cheap, nothing is loaded."""
    try:
        return ", ".join(file.stem for file in model_files().values())
    except EngineUnavailable:
        return "text layers only"


def installed_version() -> str:
    """RapidOCR's version, "not installed" without it."""
    try:
        return version("rapidocr")
    except PackageNotFoundError:
        return "not installed"


def _last_line(error: Exception) -> str:
    """RapidOCR hands whole tracebacks on as messages."""
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__
