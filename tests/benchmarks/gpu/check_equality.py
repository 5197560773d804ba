"""Our path against upstream's, with the same random weights: the visual tokens of pages of many sizes.

python tests/benchmarks/gpu/check_equality.py MODEL_DIR
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import nn

sys.path.insert(0, str(Path(__file__).parent))
from stages import page, result, stage

from model_runtime.deepencoder_v2 import (
    DeepEncoder,
    DeepEncoderConfig,
    Layout,
    normalised_views,
    renamed,
)
from model_runtime.tiling import views_of
from model_runtime.vllm_plugin.encoder_batches import EncoderBatches
from model_runtime.vllm_plugin.page_views import page_views, pages_in
from model_runtime.vllm_plugin.processing import PIXELS, SIZES, pixels_and_sizes

PAGE_SIZES = ((1224, 1584), (768, 768), (500, 700), (1241, 1754), (1600, 900), (769, 300), (900, 1000), (2000, 3000))


def upstream_encoder(config: dict[str, Any]) -> nn.Module:
    """Upstream's own modules, called as its model class calls them."""
    from vllm.model_executor.models.deepencoder import ImageEncoderViT
    from vllm.model_executor.models.deepencoder2 import build_qwen2_decoder_as_encoder
    from vllm.model_executor.models.deepseek_ocr2 import DeepseekOCR2ForCausalLM
    from vllm.model_executor.models.deepseek_vl2 import MlpProjector
    from vllm.transformers_utils.configs.deepseek_vl2 import MlpProjectorConfig

    class Upstream(nn.Module):
        _pixel_values_to_embedding = DeepseekOCR2ForCausalLM._pixel_values_to_embedding
        _encode_global_features = DeepseekOCR2ForCausalLM._encode_global_features
        _encode_local_features = DeepseekOCR2ForCausalLM._encode_local_features

        def __init__(self) -> None:
            super().__init__()
            self.sam_model = ImageEncoderViT(
                depth=12,
                embed_dim=768,
                img_size=1024,
                mlp_ratio=4,
                norm_layer=partial(nn.LayerNorm, eps=1e-6),
                num_heads=12,
                patch_size=16,
                qkv_bias=True,
                use_rel_pos=True,
                global_attn_indexes=[2, 5, 8, 11],
                window_size=14,
                out_chans=256,
                last_conv_output=896,
            )
            self.qwen2_model = build_qwen2_decoder_as_encoder()
            self.projector = MlpProjector(MlpProjectorConfig(**config["projector_config"]))
            self.view_seperator = nn.Parameter(torch.zeros(config["projector_config"]["n_embed"]))

    return Upstream()


def randomise(encoder: DeepEncoder) -> None:
    """Weights of the size that trained ones have; tables and norms too, which start as zeros and ones."""
    generator = torch.Generator(device="cuda").manual_seed(0)
    for name, tensor in encoder.named_parameters():
        if tensor.dim() == 1 and "norm" in name and name.endswith("weight"):
            tensor.uniform_(0.5, 1.5, generator=generator)
        else:
            spread = 0.3 if any(part in name for part in ("relative", "position", "queries")) else 0.02
            tensor.normal_(0, spread, generator=generator)


def upstream_inputs(images: list[Image.Image]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    views = [views_of(image) for image in images]
    tensor = partial(normalised_views, dtype=torch.float32)
    whole = torch.cat([tensor(torch.from_numpy(each.global_view[None].copy())) for each in views])
    crops = torch.cat([tensor(torch.from_numpy(each.crops.copy())) for each in views])
    grids = [[each.grid.cols, each.grid.rows] if each.grid.num_crops else [1, 1] for each in views]
    return whole, crops, torch.tensor(grids)


def compare(ours: list[torch.Tensor], theirs: list[torch.Tensor], label: str) -> None:
    errors = [
        ((a - b).norm() / b.norm()).item()
        for a, b in zip((t.double() for t in ours), (t.double() for t in theirs), strict=True)
    ]
    cosines = [
        nn.functional.cosine_similarity(a.double(), b.double(), dim=-1).min().item()
        for a, b in zip(ours, theirs, strict=True)
    ]
    same = [a.shape == b.shape for a, b in zip(ours, theirs, strict=True)]
    result(
        label,
        f"relative difference {max(errors):.2e} at most, smallest cosine {min(cosines):.6f}, same shapes {all(same)}",
    )


@torch.inference_mode()
def main() -> None:
    from vllm.config import VllmConfig, set_current_vllm_config

    config = json.loads((Path(sys.argv[1]) / "config.json").read_text())
    torch.set_default_device("cuda")
    with set_current_vllm_config(VllmConfig()):
        theirs = upstream_encoder(config).eval()
    ours = DeepEncoder(DeepEncoderConfig.from_model_config(config)).eval()
    randomise(ours)
    official = {
        renamed(name, Layout.OURS, Layout.OFFICIAL).removeprefix("model."): t for name, t in ours.state_dict().items()
    }
    missing = theirs.load_state_dict(official, strict=False)
    result(
        "weights",
        f"missing {[n for n in missing.missing_keys if 'rotary' not in n]}, unexpected {missing.unexpected_keys}",
    )
    torch.set_default_device("cpu")
    images = [Image.fromarray(page(number, *size)) for number, size in enumerate(PAGE_SIZES)]
    data = pixels_and_sizes(images)
    whole, crops, grids = upstream_inputs(images)
    for dtype in (torch.float32, torch.bfloat16):
        ours.to(dtype), theirs.to(dtype)
        reference = theirs._pixel_values_to_embedding(whole.cuda().to(dtype), crops.cuda().to(dtype), grids)
        views = page_views(pages_in(data[PIXELS].cuda(), data[SIZES].tolist()), dtype)
        compare(EncoderBatches(ours, compiled=False)(views), reference, f"{dtype} eager, from whole pages")
        same_views = views.__class__(whole.cuda().to(dtype), crops.cuda().to(dtype), views.crops_per_page)
        compare(EncoderBatches(ours, compiled=False)(same_views), reference, f"{dtype} eager, from the same views")
        if dtype == torch.float32:
            exact = reference
        else:
            compare(reference, exact, "upstream's bfloat16 against upstream's float32")
            compare(EncoderBatches(ours, compiled=False)(same_views), exact, "our bfloat16 against upstream's float32")
            compare(
                EncoderBatches(ours, compiled=True)(same_views), reference, f"{dtype} compiled, from the same views"
            )


if __name__ == "__main__":
    with stage("equality"):
        main()
