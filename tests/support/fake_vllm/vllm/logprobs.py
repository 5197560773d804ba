from dataclasses import dataclass, field


@dataclass
class FlatLogprobs:
    """With `logprobs=0`, one entry for each position: the token that was sampled."""

    start_indices: list[int] = field(default_factory=list)
    end_indices: list[int] = field(default_factory=list)
    token_ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    ranks: list[int | None] = field(default_factory=list)
    decoded_tokens: list[str | None] = field(default_factory=list)

    def append_fast(self, token_ids: list[int], logprobs: list[float], ranks: list[int], decoded: list[str]) -> None:
        self.start_indices.append(len(self.logprobs))
        self.token_ids += token_ids
        self.logprobs += logprobs
        self.ranks += ranks
        self.decoded_tokens += decoded
        self.end_indices.append(len(self.logprobs))
