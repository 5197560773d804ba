"""The whole engine over a small model with random weights."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from model_runtime.contract import FinishReason, PageRequest, StreamingRuntime, Transcript
from model_runtime.engines.model_folder import INDEX
from model_runtime.engines.registry import EngineOptions, open_runtime
from model_runtime.engines.transformers import TransformersEngine, TransformersSettings
from model_runtime.errors import EngineError, EngineUnavailable, PageRejected, WeightsMismatch
from model_runtime.vocabulary import Prompt

NUM_TOKENS = 24


def page(page_index: int = 0, height: int = 120, width: int = 90, prompt: Prompt = Prompt.GROUNDED) -> PageRequest:
    """A page of noise; no two alike."""
    pixels = np.random.default_rng(page_index).integers(0, 256, (height, width, 3), np.uint8)
    return PageRequest(page_index, pixels, width, height, prompt=prompt)


TOO_THIN = PageRequest(7, np.zeros((1, 3000, 3), np.uint8), 3000, 1)


@pytest.fixture(scope="module")
def settings(small_model: Path) -> TransformersSettings:
    return TransformersSettings(str(small_model), dtype="float32", device="cpu", max_new_tokens=NUM_TOKENS)


@pytest.fixture(scope="module")
def engine(settings: TransformersSettings) -> Iterator[TransformersEngine]:
    with TransformersEngine(settings) as engine:
        yield engine


@pytest.fixture(scope="module")
def singles(engine: TransformersEngine) -> list[Transcript]:
    """A page without crops, one with crops, and a free reading of the first."""
    requests = [page(0), page(1, 780, 700), page(2, prompt=Prompt.FREE_OCR)]
    return list(engine.transcribe(requests))


def copied(folder: Path, target: Path, **config: object) -> Path:
    """The folder with other words in its configuration; weights are linked."""
    shutil.copytree(folder, target, copy_function=lambda source, to: Path(to).symlink_to(source))
    content = json.loads((folder / "config.json").read_text())
    content["language_config"] |= config
    (target / "config.json").unlink()
    (target / "config.json").write_text(json.dumps(content))
    return target


@contextmanager
def weights_of(folder: Path, name: str) -> Iterator[dict[str, torch.Tensor]]:
    """The tensors of the shard that holds `name`, to be changed; what is new in them is in the index afterwards."""
    index = json.loads((folder / INDEX).read_text())
    shard = folder / index["weight_map"][name]
    tensors = load_file(shard)
    yield tensors
    shard.unlink()
    save_file(tensors, shard, metadata={"format": "pt"})
    index["weight_map"] |= dict.fromkeys(tensors, shard.name)
    (folder / INDEX).unlink()
    (folder / INDEX).write_text(json.dumps(index))


def test_it_is_a_streaming_runtime(engine: TransformersEngine) -> None:
    assert isinstance(engine, StreamingRuntime)


def test_every_token_has_a_probability(singles: list[Transcript]) -> None:
    for transcript in singles:
        assert transcript.finish_reason is FinishReason.LENGTH
        assert transcript.logprobs is not None
        assert len(transcript.logprobs) == NUM_TOKENS
        assert all(logprob <= 0 for logprob in transcript.logprobs)
        assert transcript.confidence is not None
        assert 0 < transcript.confidence <= 1


def test_pages_side_by_side_are_written_as_one_by_one(
    settings: TransformersSettings, singles: list[Transcript]
) -> None:
    requests = [page(0), page(1, 780, 700), page(2, prompt=Prompt.FREE_OCR)]
    with TransformersEngine(replace(settings, batch_size=3)) as engine:
        together = list(engine.transcribe(requests))
    assert [each.text for each in together] == [each.text for each in singles]
    for one, other in zip(together, singles, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-3)


def test_pages_leave_the_batch_when_they_are_done(small_model: Path, tmp_path: Path) -> None:
    """The context leaves the page with crops less room, so the others go on without it."""
    folder = copied(small_model, tmp_path / "model", max_position_embeddings=900)
    settings = TransformersSettings(str(folder), dtype="float32", batch_size=3, max_new_tokens=40)
    requests = [page(0), page(1, 780, 700), page(2)]
    with TransformersEngine(settings) as engine:
        together = list(engine.transcribe(requests))
        alone = [transcript for request in requests for transcript in engine.transcribe([request])]
    assert [len(each.logprobs or ()) for each in together] == [40, 900 - 833 - 36, 40]
    assert [each.text for each in together] == [each.text for each in alone]
    assert {each.finish_reason for each in together} == {FinishReason.LENGTH}


def test_either_encoder_writes_the_same(settings: TransformersSettings, singles: list[Transcript]) -> None:
    with TransformersEngine(replace(settings, encoder="native")) as engine:
        (native,) = engine.transcribe([page(1, 780, 700)])
    assert native.text == singles[1].text
    assert native.logprobs == pytest.approx(singles[1].logprobs, abs=1e-3)
    assert "encoder native" in engine.identity.version


def test_a_folder_in_the_native_layout_is_the_same_model(
    small_model: Path, settings: TransformersSettings, singles: list[Transcript], tmp_path: Path
) -> None:
    with TransformersEngine(replace(settings, encoder="native")) as engine:
        model = engine._loaded().decoder
        model.save_pretrained(tmp_path / "native", save_original_format=False)
    shutil.copy(small_model / "tokenizer.json", tmp_path / "native")
    assert json.loads((tmp_path / "native" / "config.json").read_text())["model_type"] == "deepseek_ocr2"
    with TransformersEngine(replace(settings, model=str(tmp_path / "native"))) as engine:
        (transcript,) = engine.transcribe([page(0)])
    assert transcript.text == singles[0].text


def test_the_pieces_of_a_stream_are_the_transcript(engine: TransformersEngine, singles: list[Transcript]) -> None:
    events = list(engine.stream([page(0), TOO_THIN, page(2, prompt=Prompt.FREE_OCR)]))
    pieces: list[str] = []
    for event in events:
        if isinstance(event, str):
            pieces.append(event)
            continue
        assert "".join(pieces) == event.text
        pieces = []
    first, refused, last = (event for event in events if isinstance(event, Transcript))
    assert (first, last) == (singles[0], singles[2])
    assert isinstance(refused.error, PageRejected)
    assert len(events) > NUM_TOKENS


def test_a_stream_may_be_left_early(engine: TransformersEngine, singles: list[Transcript]) -> None:
    stream = engine.stream([page(0)])
    first = next(stream)
    stream.close()  # type: ignore[attr-defined] # it is a generator
    assert singles[0].text.startswith(str(first))
    assert next(engine.transcribe([page(0)])) == singles[0]


def test_greedy_decoding_is_that_of_transformers(engine: TransformersEngine, singles: list[Transcript]) -> None:
    """Its own loop, on the same embeddings and with the same guard."""
    prepared = engine._prepared(page(1, 780, 700))
    (prompt,) = engine._embedded(engine._loaded(), [prepared])
    decoder = engine._loaded().decoder
    ids = decoder.generate(
        inputs_embeds=prompt[None],
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        max_new_tokens=NUM_TOKENS,
        do_sample=False,
        logits_processor=[engine._guard],
        pad_token_id=2,
    )
    assert engine._tokens.text(ids[0].tolist()) == singles[1].text


def test_the_end_token_ends_the_page(
    engine: TransformersEngine, settings: TransformersSettings, small_model: Path, tmp_path: Path
) -> None:
    prepared = engine._prepared(page(0))
    ids = [token.token_id for token in engine._written([prepared])]
    end = ids[2]
    length = ids.index(end)
    folder = copied(small_model, tmp_path / "model", eos_token_id=end)
    with TransformersEngine(replace(settings, model=str(folder))) as ending:
        (transcript,) = ending.transcribe([page(0)])
    assert transcript.finish_reason is FinishReason.STOP
    assert transcript.text == engine._tokens.text(ids[:length])
    assert len(transcript.logprobs or ()) == length


def test_a_page_without_views_fails_alone_in_its_place(settings: TransformersSettings) -> None:
    with TransformersEngine(replace(settings, batch_size=2, max_new_tokens=2)) as engine:
        transcripts = list(engine.transcribe([page(0), TOO_THIN, page(2)]))
    assert [each.page_index for each in transcripts] == [0, 7, 2]
    assert [type(each.error) for each in transcripts] == [type(None), PageRejected, type(None)]
    assert transcripts[1].error is not None
    assert transcripts[1].error.page_number == 8


def test_a_page_that_fills_the_context_fails_alone(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model", max_position_embeddings=600)
    with TransformersEngine(TransformersSettings(str(folder), max_new_tokens=2)) as engine:
        crowded, fitting = engine.transcribe([page(0, 780, 700), page(1)])
    assert isinstance(crowded.error, PageRejected)
    assert "max_crops" in str(crowded.error)
    assert fitting.error is None


def test_a_page_that_fills_the_context_fits_with_fewer_crops(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model", max_position_embeddings=600)
    few = TransformersSettings(str(folder), max_new_tokens=2, max_crops=2)
    with TransformersEngine(few) as engine:
        (fitting,) = engine.transcribe([page(0, 780, 700)])
    with TransformersEngine(replace(few, max_crops=6)) as engine:
        (asked_for_less,) = engine.transcribe([replace(page(0, 780, 700), max_crops=2)])
    assert fitting.error is None
    assert (asked_for_less.error, asked_for_less.text) == (None, fitting.text)


def test_it_draws_no_more_than_a_batch(settings: TransformersSettings) -> None:
    drawn: list[int] = []

    def requests() -> Iterator[PageRequest]:
        for index in range(5):
            drawn.append(index)
            yield page(index)

    with TransformersEngine(replace(settings, batch_size=2, max_new_tokens=1)) as engine:
        transcripts = engine.transcribe(requests())
        next(transcripts)
        assert drawn == [0, 1]
        assert [each.page_index for each in transcripts] == [1, 2, 3, 4]


class Room:
    """Stands before the engine's encoder as a device does that holds so many pages and no more."""

    def __init__(self, engine: TransformersEngine, num_pages: int) -> None:
        self._vision = engine._loaded().vision
        self._num_pages = num_pages
        engine._model = replace(engine._loaded(), vision=self)

    def visual_tokens(self, pages: list[object]) -> object:
        if len(pages) > self._num_pages:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return self._vision.visual_tokens(pages)  # type: ignore[arg-type] # views, as they came


def test_out_of_memory_makes_the_batch_smaller(
    settings: TransformersSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with TransformersEngine(replace(settings, batch_size=5, max_new_tokens=2)) as engine:
        Room(engine, 2)
        transcripts = list(engine.transcribe(page(index) for index in range(6)))
    assert [each.page_index for each in transcripts] == list(range(6))
    assert all(each.error is None for each in transcripts)
    assert "memory does not suffice for 5 pages side by side; going on with 2" in caplog.text


@pytest.mark.parametrize("way", ["transcribe", "stream"])
def test_a_single_page_too_large_for_memory_fails_with_what_to_try(settings: TransformersSettings, way: str) -> None:
    with TransformersEngine(settings) as engine:
        Room(engine, 0)
        (transcript,) = getattr(engine, way)([page(4)])
    assert isinstance(transcript.error, EngineError)
    assert transcript.error.page_number == 5
    assert "max_crops, now 6" in str(transcript.error)


def test_other_errors_of_the_runtime_are_not_taken_for_a_lack_of_memory(settings: TransformersSettings) -> None:
    with TransformersEngine(settings) as engine:
        engine._loaded().decoder.lm_head = torch.nn.Linear(3, 3)
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            next(engine.transcribe([page(0)]))


def test_tensors_that_do_not_fit_are_all_listed(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model")
    with weights_of(folder, "model.norm.weight") as tensors:
        tensors["model.surprise"] = tensors.pop("model.norm.weight")
    with weights_of(folder, "model.layers.1.mlp.gate.weight") as tensors:
        tensors["model.layers.1.mlp.gate.weight"] = torch.zeros(3, 32)
    with TransformersEngine(TransformersSettings(str(folder))) as engine, pytest.raises(WeightsMismatch) as caught:
        next(engine.transcribe([page(0)]))
    message = str(caught.value)
    assert "3 tensors" in message
    assert "missing: model.language_model.norm.weight" in message
    assert "misshapen: model.language_model.layers.1.mlp.gate.weight" in message
    assert "surprise" in message


def test_broken_weights_are_named(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model")
    shard = next(folder.glob("*.safetensors"))
    shard.unlink()
    shard.write_bytes(b"\xff" * 100)
    with TransformersEngine(TransformersSettings(str(folder))) as engine, pytest.raises(EngineUnavailable) as caught:
        next(engine.transcribe([page(0)]))
    assert "download the model again" in str(caught.value)


def test_it_runs_again_after_it_was_closed(settings: TransformersSettings, singles: list[Transcript]) -> None:
    engine = TransformersEngine(settings)
    first = next(engine.transcribe([page(0)]))
    engine.close()
    engine.close()
    assert next(engine.transcribe([page(0)])) == first == singles[0]


def test_the_identity_says_what_decides_the_words(settings: TransformersSettings, tmp_path: Path) -> None:
    plain = TransformersEngine(settings).identity
    assert plain == TransformersEngine(settings).identity
    assert plain.model.startswith("small ")
    for other in ({"max_crops": 2}, {"guard": None}, {"dtype": "bfloat16"}, {"max_new_tokens": 3}):
        assert TransformersEngine(replace(settings, **other)).identity != plain  # type: ignore[arg-type] # its fields
    folder = copied(Path(settings.model), tmp_path / "small")
    shard = max(folder.glob("*.safetensors"))
    content = bytearray(shard.read_bytes())
    content[-1] ^= 1
    shard.unlink()
    shard.write_bytes(content)
    assert TransformersEngine(replace(settings, model=str(folder))).identity.model != plain.model


def test_a_device_that_is_not_there_is_refused(settings: TransformersSettings) -> None:
    with pytest.raises(EngineUnavailable, match="no device 'cuda:77'"):
        TransformersEngine(replace(settings, device="cuda:77"))
    with pytest.raises(EngineUnavailable, match="knows no device 'abacus'"):
        TransformersEngine(replace(settings, device="abacus"))


def test_the_registry_opens_a_named_model(small_model: Path) -> None:
    options = EngineOptions(model=str(small_model))
    for name in ("auto", "transformers"):
        with open_runtime(name, options) as runtime:
            assert runtime.identity.engine == "transformers"


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"max_new_tokens": 0}, {"max_crops": 7}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TransformersSettings(**wrong)  # type: ignore[arg-type] # its fields
