"""The way in: what a page costs in front, and on the device, beside Pillow and upstream's processor.

python tests/benchmarks/gpu/bench_way_in.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from stages import milliseconds, page, result, stage

from model_runtime.deepencoder_v2 import normalised_views
from model_runtime.tiling import views_of
from model_runtime.vllm_plugin.page_views import page_views, pages_in
from model_runtime.vllm_plugin.processing import PIXELS, SIZES, pixels_and_sizes

SIZES_TRIED = ((1224, 1584), (1241, 1754), (768, 768), (2480, 3508), (3000, 800), (400, 4000))


def seconds_of(call: object, repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


def main() -> None:
    one = page(0)
    image = Image.fromarray(one)
    with stage("front"):
        result("front, a page from an array", f"{1e3 * seconds_of(lambda: pixels_and_sizes([one])):.2f} ms")
        result("front, a page of Pillow's", f"{1e3 * seconds_of(lambda: pixels_and_sizes([image])):.2f} ms")
        result("on the host with Pillow", f"{1e3 * seconds_of(lambda: views_of(image)):.1f} ms")
    with stage("upstream's front"):
        from PIL import ImageOps
        from vllm.transformers_utils.processors.deepseek_ocr import ImageTransform, dynamic_preprocess

        transform = ImageTransform()

        def upstream() -> None:
            crops, _ = dynamic_preprocess(image, image_size=768)
            for view in (ImageOps.pad(image, (1024, 1024), color=(127, 127, 127)), *crops):
                transform(view)

        result("upstream's front", f"{1e3 * seconds_of(upstream, 3):.1f} ms")
    with stage("device"):
        for count in (1, 8, 14):
            data = pixels_and_sizes([page(seed) for seed in range(count)])
            flat, sizes = data[PIXELS].cuda(), data[SIZES].tolist()
            spent = milliseconds(lambda flat=flat, sizes=sizes: page_views(pages_in(flat, sizes), torch.bfloat16))
            result(f"views of {count} pages on the device", f"{spent / count:.2f} ms a page")
    with stage("equality with Pillow"):
        for width, height in SIZES_TRIED:
            pixels = page(1, width, height)
            expected = views_of(Image.fromarray(pixels))
            views = page_views([torch.from_numpy(pixels).cuda()], torch.float32)
            for kind, found, wanted in (
                ("global", views.global_views, expected.global_view[None]),
                ("crops", views.crops, expected.crops),
            ):
                if len(wanted):
                    reference = normalised_views(torch.from_numpy(np.array(wanted)), torch.float32).cuda()
                    levels = (found - reference).abs() * 127.5
                    result(
                        f"{width}x{height} {kind}", f"{levels.max():.1f} levels at most, {levels.mean():.4f} on average"
                    )


if __name__ == "__main__":
    main()
