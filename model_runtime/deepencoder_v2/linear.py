"""A linear map that takes the fastest product of the device.

On a CPU, PyTorch copies the bias first and has the product added to it, and GELU is one more pass over the result.
oneDNN does all of it in one call, and in float32 takes half the time of MKL, PyTorch's own choice, on an AMD processor.
PyTorch has that call for the code its compiler makes; it knows no gradients.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from jaxtyping import Float

Activation = Literal["none", "gelu"]

_onednn = torch.ops.mkldnn


class Linear(nn.Linear):
    def forward(
        self, inputs: Float[Tensor, "*rows in_features"], activation: Activation = "none"
    ) -> Float[Tensor, "*rows out_features"]:
        return linear(inputs, self.weight, self.bias, activation)

    def pack(self) -> None:
        """Lays the weight out as the product reads it, which it else does anew in every call. Not to be undone.

        Does nothing where `linear` would not take oneDNN's product.
        """
        if _has_fused_product(self.weight) and not self.weight.is_mkldnn:
            packed = _onednn._reorder_linear_weight(self.weight.detach())  # noqa: SLF001 - no public name
            self.weight = nn.Parameter(packed, requires_grad=False)


def linear(
    inputs: Float[Tensor, "*rows in_features"],
    weight: Float[Tensor, "out_features in_features"],
    bias: Float[Tensor, " out_features"] | None,
    activation: Activation = "none",
) -> Float[Tensor, "*rows out_features"]:
    """The product and what follows it; GELU is the exact one."""
    traced = torch.is_grad_enabled() or torch.compiler.is_compiling()
    if weight.is_mkldnn or (not traced and _has_fused_product(weight)):
        approximation = "none" if activation == "gelu" else ""
        return _onednn._linear_pointwise(inputs, weight, bias, activation, [], approximation)  # noqa: SLF001
    mapped = functional.linear(inputs, weight, bias)
    return functional.gelu(mapped) if activation == "gelu" else mapped


def _has_fused_product(weight: Tensor) -> bool:
    return weight.device.type == "cpu" and _cpu_has_fused_product(weight.dtype)


@cache
def _cpu_has_fused_product(dtype: torch.dtype) -> bool:
    """Whether this build and this processor have oneDNN's product: in bfloat16 it wants AVX-512."""
    if not (torch.backends.mkldnn.is_available() and hasattr(_onednn, "_linear_pointwise")):
        return False
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        return False
    has_bfloat16 = _onednn._is_mkldnn_bf16_supported()  # noqa: SLF001 - no public name
    return dtype == torch.float32 or (dtype == torch.bfloat16 and has_bfloat16)
