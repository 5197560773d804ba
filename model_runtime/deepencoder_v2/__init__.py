"""DeepEncoder V2, the vision encoder of DeepSeek-OCR 2 that reads in order, in PyTorch."""

from model_runtime.deepencoder_v2.configuration import CausalFlowConfig, DeepEncoderConfig, VisionTokenizerConfig
from model_runtime.deepencoder_v2.encoder import DeepEncoder, assembled, normalised_views
from model_runtime.deepencoder_v2.naming import Layout, renamed
from model_runtime.deepencoder_v2.weights import load_encoder

__all__ = [
    "CausalFlowConfig",
    "DeepEncoder",
    "DeepEncoderConfig",
    "Layout",
    "VisionTokenizerConfig",
    "assembled",
    "load_encoder",
    "normalised_views",
    "renamed",
]
