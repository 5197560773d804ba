"""The model's weights onto the device, with everything that is wrong with them said in one error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model_runtime.engines.model_folder import ModelFolder
from model_runtime.engines.transformers.configuration import encoder_config, native_config
from model_runtime.engines.transformers.hardware import Hardware
from model_runtime.engines.transformers.settings import TransformersSettings
from model_runtime.engines.transformers.vision import Vision
from model_runtime.errors import EngineUnavailable, WeightsMismatch

if TYPE_CHECKING:
    from transformers import DeepseekOcr2ForConditionalGeneration


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """The decoder as Transformers has it, and the encoder in front of it."""

    decoder: DeepseekOcr2ForConditionalGeneration
    vision: Vision


def runs_our_encoder(settings: TransformersSettings, hardware: Hardware) -> bool:
    return settings.encoder == "ours" or (settings.encoder == "auto" and hardware.prefers_our_encoder)


def loaded_model(folder: ModelFolder, image_id: int, hardware: Hardware, *, ours: bool) -> LoadedModel:
    """The model of a folder in the official layout or the native one, ready to run, in evaluation mode.

    Raises: EngineUnavailable when files are missing or unreadable, WeightsMismatch when tensors do not fit.
    """
    sizes = encoder_config(folder)
    model = _native_model(folder, image_id, hardware)
    vision = Vision.ours(model, sizes) if ours else Vision.native(model)
    return LoadedModel(model, vision)


def _native_model(folder: ModelFolder, image_id: int, hardware: Hardware) -> DeepseekOcr2ForConditionalGeneration:
    from safetensors import SafetensorError
    from transformers import DeepseekOcr2ForConditionalGeneration

    folder.weight_files()
    try:
        loaded: Any = DeepseekOcr2ForConditionalGeneration.from_pretrained(
            folder.path,
            config=native_config(folder, image_id),
            dtype=hardware.dtype,
            local_files_only=True,
            use_safetensors=True,
            ignore_mismatched_sizes=True,  # so that they are listed with the others, below
            output_loading_info=True,
        )
    except (OSError, SafetensorError) as error:
        raise EngineUnavailable(
            f"the weights in {folder.path} cannot be read: {error}", hint="download the model again"
        ) from error
    model, report = loaded
    _check(folder, report)
    return model.eval().requires_grad_(False).to(hardware.device)


def _check(folder: ModelFolder, report: dict[str, Any]) -> None:
    """Transformers fills what is missing with random numbers and goes on; here that is an error."""
    wrong = [
        f"{word}: {entry if isinstance(entry, str) else ' '.join(map(str, entry))}"
        for key, word in (("missing_keys", "missing"), ("unexpected_keys", "unknown"), ("mismatched_keys", "misshapen"))
        for entry in sorted(report.get(key) or (), key=str)
    ]
    if wrong:
        raise WeightsMismatch(
            f"{len(wrong)} tensors in {folder.path} do not fit its config.json: {'; '.join(wrong)}",
            hint="check that config.json and the weights are of one download",
        )
