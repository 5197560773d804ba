"""The encoder's tensors as the published checkpoint names them."""

from __future__ import annotations

import torch

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig, Layout, renamed
from model_runtime.engines.model_sizes import Shape


def official_encoder_tensors(config: DeepEncoderConfig) -> dict[str, Shape]:
    """Each tensor's official name and its shape; none is made."""
    with torch.device("meta"):
        tensors = DeepEncoder(config).state_dict()
    return {renamed(name, Layout.OURS, Layout.OFFICIAL) or name: tuple(each.shape) for name, each in tensors.items()}
