"""Runs a small encoder with every shape in its signatures enforced. A program: the check is set before the import.

The package names jaxtyping for type checkers only, so that nobody needs it to run; here it is told that this is one.
"""

import importlib
import typing

import beartype  # noqa: F401 - must be read as it is, before the switch below
import torch
from jaxtyping import install_import_hook

PACKAGE = "model_runtime.deepencoder_v2"
PARTS = (
    "encoder",
    "vision_tokenizer",
    "vision_attention",
    "decomposed_attention",
    "relative_positions",
    "causal_flow_encoder",
    "causal_flow_attention",
    "projector",
)

typing.TYPE_CHECKING = True
with install_import_hook([f"{PACKAGE}.{part}" for part in PARTS], "beartype.beartype"):
    deepencoder = importlib.import_module(PACKAGE)

config = deepencoder.DeepEncoderConfig(
    deepencoder.VisionTokenizerConfig(
        dim=32, num_layers=2, num_heads=2, mlp_dim=64, global_layers=(1,), neck_dim=16, compressor_dims=(24, 64)
    ),
    deepencoder.CausalFlowConfig(dim=64, num_layers=2, num_heads=4, num_kv_heads=2, mlp_dim=96),
    output_dim=48,
)
encoder = deepencoder.DeepEncoder(config).requires_grad_(requires_grad=False)
pixels = torch.randint(0, 256, (2, 1024, 1024, 3), dtype=torch.uint8)
global_views = deepencoder.normalised_views(pixels, torch.float32)
pages = encoder(global_views, torch.randn(3, 3, 768, 768), [1, 2])
print([len(page) for page in pages])  # noqa: T201 - the test reads it
try:
    encoder.projector(torch.randn(2, 3))
except Exception as error:  # noqa: BLE001 - the kind is beartype's own
    print(type(error).__name__)  # noqa: T201 - the test reads it
