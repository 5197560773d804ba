"""The interface of the second model runner."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LogitsProcRequestState:
    device: Any
    max_num_reqs: int
    vocab_size: int
    all_token_ids: Any
    prompt_len: Any
    prefill_len: Any
    total_len: Any


@dataclass(frozen=True)
class LogitsContext:
    expanded_idx_mapping: Any
    idx_mapping: Any
    idx_mapping_np: Any
    expanded_local_pos: Any
    input_ids: Any
    pos: Any
    seq_lens_upper_bound_np: Any


class LogitsProcessor(ABC):
    def __init__(self, vllm_config: object, req_states: LogitsProcRequestState) -> None:  # noqa: B027 - as upstream
        """Keeps nothing."""

    @classmethod
    def validate_params(cls, sampling_params: object) -> None:  # noqa: ARG003 - as upstream
        return None

    def add_request(self, req_idx: int, sampling_params: object) -> bool:
        return True

    def apply_staged_writes(self) -> None:  # noqa: B027 - as upstream
        """Does nothing."""

    @abstractmethod
    def apply(self, logits: Any, ctx: LogitsContext) -> Any: ...
