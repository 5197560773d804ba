"""The whole engine over a small model with random weights."""

import asyncio
import gc
import json
import shutil
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from model_runtime.contract import Engine, FinishReason, PageRequest, Transcript
from model_runtime.engines.model_folder import INDEX
from model_runtime.engines.registry import EngineOptions, open_engine
from model_runtime.engines.transformers import TransformersEngine, TransformersSettings
from model_runtime.engines.transformers.page import PageInWriting, PreparedPage
from model_runtime.engines.transformers.tokens import TextOfPage
from model_runtime.errors import EngineError, EngineUnavailable, PageRejected, WeightsMismatch
from model_runtime.vocabulary import Prompt
from tests.support.patience import patient
from tests.support.reading import read_all
from tests.support.waiting import wait_until

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
    return good(engine, page(0), page(1, 780, 700), page(2, prompt=Prompt.FREE_OCR))


def good(engine: TransformersEngine, *requests: PageRequest) -> list[Transcript]:
    """Pages asked for all at once; none may be raised for."""
    transcripts = read_all(engine, requests)
    assert all(isinstance(each, Transcript) for each in transcripts), transcripts
    return transcripts  # type: ignore[return-value] # no error is among them


def threads_of_pages() -> set[threading.Thread]:
    """Of all engines that are open."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("transformers-page")}


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


def test_it_is_an_engine(engine: TransformersEngine) -> None:
    assert isinstance(engine, Engine)
    assert engine.reads_again
    assert not engine.reads_text_layer


def test_its_capacity_is_its_batch(settings: TransformersSettings) -> None:
    assert TransformersEngine(settings).capacity == 1, "the CPU gains nothing by more"
    assert TransformersEngine(replace(settings, batch_size=5)).capacity == 5


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
        together = good(engine, *requests)
    assert [each.text for each in together] == [each.text for each in singles]
    for one, other in zip(together, singles, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-3)


def test_pages_leave_the_batch_when_they_are_done(small_model: Path, tmp_path: Path) -> None:
    """The context leaves the page with crops less room, so the others go on without it."""
    folder = copied(small_model, tmp_path / "model", max_position_embeddings=900)
    settings = TransformersSettings(str(folder), dtype="float32", batch_size=3, max_new_tokens=40)
    requests = [page(0), page(1, 780, 700), page(2)]
    with TransformersEngine(settings) as engine:
        together = good(engine, *requests)
        alone = [transcript for request in requests for transcript in good(engine, request)]
    assert [len(each.logprobs or ()) for each in together] == [40, 900 - 833 - 36, 40]
    assert [each.text for each in together] == [each.text for each in alone]
    assert {each.finish_reason for each in together} == {FinishReason.LENGTH}


def test_either_encoder_writes_the_same(settings: TransformersSettings, singles: list[Transcript]) -> None:
    with TransformersEngine(replace(settings, encoder="native")) as engine:
        (native,) = good(engine, page(1, 780, 700))
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
        (transcript,) = good(engine, page(0))
    assert transcript.text == singles[0].text


class Heard:
    """What is told of a page."""

    def __init__(self) -> None:
        self.pieces: list[str | None] = []

    def __call__(self, piece: str | None) -> None:
        self.pieces.append(piece)

    @property
    def text(self) -> str:
        """What counts: all behind the last new beginning."""
        starts = [place + 1 for place, piece in enumerate(self.pieces) if piece is None]
        return "".join(filter(None, self.pieces[starts[-1] if starts else 0 :]))


def test_the_pieces_that_are_told_of_each_page_of_a_batch_are_its_text(
    settings: TransformersSettings, singles: list[Transcript], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_runtime.engines.transformers.page._GATHERED_S", 0.0)
    requests = [page(0), TOO_THIN, page(2, prompt=Prompt.FREE_OCR)]
    heard = [Heard() for _ in requests]

    async def reading() -> list[Transcript]:
        return await asyncio.gather(*map(engine.read, requests, heard))

    with TransformersEngine(replace(settings, batch_size=3)) as engine:
        first, refused, last = asyncio.run(reading())
    assert [first.text, last.text] == [singles[0].text, singles[2].text]
    assert [each.text for each in heard] == [first.text, "", last.text]
    assert isinstance(refused.error, PageRejected)
    assert all(None not in each.pieces and len(each.pieces) > NUM_TOKENS / 2 for each in (heard[0], heard[2]))


def test_pieces_are_gathered(engine: TransformersEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_runtime.engines.transformers.page._GATHERED_S", float(2**20))
    heard = Heard()
    transcript = asyncio.run(engine.read(page(0), heard))
    assert heard.text == transcript.text
    assert len(heard.pieces) == 2, "the first at once, then all that came until the end"


def test_who_hears_badly_harms_no_other_page(settings: TransformersSettings, singles: list[Transcript]) -> None:
    def deaf(_: str | None) -> None:
        raise ZeroDivisionError

    async def reading() -> list[Transcript | BaseException]:
        reads = engine.read(page(0), deaf), engine.read(page(1, 780, 700))
        return await asyncio.gather(*reads, return_exceptions=True)

    with TransformersEngine(replace(settings, batch_size=2)) as engine:
        failed, other = asyncio.run(reading())
    assert isinstance(failed, ZeroDivisionError)
    assert isinstance(other, Transcript)
    assert other.text == singles[1].text


class Steps:
    """Stops the model before each token until it is let on, and counts the rows that go on."""

    def __init__(self, engine: TransformersEngine) -> None:
        self.num_rows: list[int] = []
        self._go = threading.Semaphore(0)
        self._head = engine._loaded().decoder.lm_head
        self._hook = self._head.register_forward_pre_hook(self._hold)

    def let_go(self, num_tokens: int = 1) -> None:
        self._go.release(num_tokens)

    def remove(self) -> None:
        self._hook.remove()
        self.let_go(10_000)

    def _hold(self, _: object, inputs: tuple[torch.Tensor, ...]) -> None:
        self.num_rows.append(inputs[0].shape[0])
        assert self._go.acquire(timeout=patient(60))


@pytest.fixture
def pair(small_model: Path) -> Iterator[TransformersEngine]:
    """An engine that writes two pages side by side, long ones."""
    settings = TransformersSettings(str(small_model), dtype="float32", device="cpu", max_new_tokens=200, batch_size=2)
    others = threads_of_pages()
    with TransformersEngine(settings) as engine:
        yield engine
    assert threads_of_pages() == others


async def begun(steps: Steps) -> None:
    await asyncio.to_thread(wait_until, lambda: bool(steps.num_rows))


def test_a_cancelled_page_leaves_its_batch_at_the_next_token(pair: TransformersEngine) -> None:
    async def reading() -> Transcript:
        steps = Steps(pair)
        left, stays = (asyncio.create_task(pair.read(page(index))) for index in range(2))
        await begun(steps)
        left.cancel()
        await asyncio.wait([left])
        assert left.cancelled()
        steps.remove()
        transcript = await stays
        assert steps.num_rows == [2]
        return transcript

    rows: list[int] = []
    hook = pair._loaded().decoder.lm_head.register_forward_pre_hook(lambda _, inputs: rows.append(inputs[0].shape[0]))
    transcript = asyncio.run(reading())
    hook.remove()
    assert rows == [2] + [1] * 199
    assert len(transcript.logprobs or ()) == 200


def test_a_batch_that_everybody_has_left_ends_at_the_next_token(pair: TransformersEngine) -> None:
    async def reading() -> None:
        steps = Steps(pair)
        tasks = [asyncio.create_task(pair.read(page(index))) for index in range(2)]
        await begun(steps)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        following = asyncio.create_task(pair.read(page(2)))
        await asyncio.sleep(0)
        steps.let_go()
        await asyncio.to_thread(wait_until, lambda: len(steps.num_rows) > 1)
        steps.remove()
        assert (await following).error is None
        assert steps.num_rows[:2] == [2, 1]

    asyncio.run(reading())


def test_a_page_that_is_cancelled_while_it_waits_is_never_begun(pair: TransformersEngine) -> None:
    async def reading() -> None:
        steps = Steps(pair)
        tasks = [asyncio.create_task(pair.read(page(index))) for index in range(4)]
        await begun(steps)
        await asyncio.to_thread(wait_until, lambda: len(list(pair._line)) == 2)
        tasks[2].cancel()
        await asyncio.wait([tasks[2]])
        assert len(list(pair._line)) == 1
        steps.remove()
        assert [(await tasks[index]).page_index for index in (0, 1, 3)] == [0, 1, 3]

    asyncio.run(reading())


def test_closing_fails_what_is_written_and_what_waits(pair: TransformersEngine) -> None:
    others = threads_of_pages()

    async def reading() -> list[BaseException | None]:
        steps = Steps(pair)
        tasks = [asyncio.create_task(pair.read(page(index))) for index in range(5)]
        await begun(steps)
        closing = asyncio.create_task(asyncio.to_thread(pair.close))
        await asyncio.wait(tasks)
        steps.remove()
        await closing
        assert steps.num_rows == [2]
        assert pair._model is None
        assert threads_of_pages() == others
        return [task.exception() for task in tasks]

    errors = asyncio.run(reading())
    assert [type(error) for error in errors] == [EngineUnavailable] * 5
    assert "the transformers engine was closed while pages were in flight" in str(errors[0])


def test_event_loops_of_several_threads_share_it(settings: TransformersSettings, singles: list[Transcript]) -> None:
    with TransformersEngine(replace(settings, batch_size=2)) as engine, ThreadPoolExecutor(2) as threads:
        parts = threads.map(lambda _: good(engine, page(0), page(1, 780, 700)), range(2))
        assert [each.text for part in parts for each in part] == [each.text for each in singles[:2]] * 2


def test_a_batch_that_is_full_does_not_wait_and_one_that_is_not_waits_a_moment(
    settings: TransformersSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_runtime.engines.transformers.page_line._QUIET_S", 3600.0)
    with TransformersEngine(replace(settings, batch_size=3, max_new_tokens=2)) as engine:
        steps = Steps(engine)
        steps.remove()
        good(engine, *map(page, range(6)))
        assert steps.num_rows == []
        steps = Steps(engine)
        steps.let_go(100)
        good(engine, *map(page, range(6)))
        assert steps.num_rows == [3, 3, 3, 3]
        monkeypatch.setattr("model_runtime.engines.transformers.page_line._QUIET_S", 0.01)
        good(engine, page(0))
        assert steps.num_rows[4:] == [1, 1]


def test_pixels_are_gone_as_soon_as_there_are_views(pair: TransformersEngine) -> None:
    async def reading() -> None:
        steps = Steps(pair)
        pages = [page(0), page(1, 780, 700)]
        pixels = [weakref.ref(each.pixels) for each in pages]
        tasks = [asyncio.create_task(pair.read(each)) for each in pages]
        del pages
        await begun(steps)
        await asyncio.to_thread(wait_until, lambda: all(each() is None for each in pixels))
        steps.remove()
        await asyncio.wait(tasks)

    gc.disable()
    try:
        asyncio.run(reading())
    finally:
        gc.enable()


def test_greedy_decoding_is_that_of_transformers(engine: TransformersEngine, singles: list[Transcript]) -> None:
    """Its own loop, on the same embeddings and with the same guard."""
    prepared = engine._prepared(page(1, 780, 700))
    assert isinstance(prepared, PreparedPage)
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
    assert isinstance(prepared, PreparedPage)
    ids = [token.token_id for token in engine._written([PageInWriting(prepared, TextOfPage(engine._tokens))])]
    end = ids[2]
    length = ids.index(end)
    folder = copied(small_model, tmp_path / "model", eos_token_id=end)
    with TransformersEngine(replace(settings, model=str(folder))) as ending:
        (transcript,) = good(ending, page(0))
    assert transcript.finish_reason is FinishReason.STOP
    assert transcript.text == engine._tokens.text(ids[:length])
    assert len(transcript.logprobs or ()) == length


def test_a_page_without_views_fails_alone_in_its_place(settings: TransformersSettings) -> None:
    with TransformersEngine(replace(settings, batch_size=2, max_new_tokens=2)) as engine:
        transcripts = good(engine, page(0), TOO_THIN, page(2))
    assert [each.page_index for each in transcripts] == [0, 7, 2]
    assert [type(each.error) for each in transcripts] == [type(None), PageRejected, type(None)]
    assert transcripts[1].error is not None
    assert transcripts[1].error.page_number == 8


def test_a_page_that_fills_the_context_fails_alone(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model", max_position_embeddings=600)
    with TransformersEngine(TransformersSettings(str(folder), max_new_tokens=2)) as engine:
        crowded, fitting = good(engine, page(0, 780, 700), page(1))
    assert isinstance(crowded.error, PageRejected)
    assert "max_crops" in str(crowded.error)
    assert fitting.error is None


def test_a_page_that_fills_the_context_fits_with_fewer_crops(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model", max_position_embeddings=600)
    few = TransformersSettings(str(folder), max_new_tokens=2, max_crops=2)
    with TransformersEngine(few) as engine:
        (fitting,) = good(engine, page(0, 780, 700))
    with TransformersEngine(replace(few, max_crops=6)) as engine:
        (asked_for_less,) = good(engine, replace(page(0, 780, 700), max_crops=2))
    assert fitting.error is None
    assert (asked_for_less.error, asked_for_less.text) == (None, fitting.text)


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
        transcripts = good(engine, *map(page, range(6)))
    assert [each.page_index for each in transcripts] == list(range(6))
    assert all(each.error is None for each in transcripts)
    assert "memory does not suffice for 5 pages side by side; going on with 2" in caplog.text


def test_a_page_that_is_begun_anew_says_so_to_who_heard_of_it(
    settings: TransformersSettings, singles: list[Transcript], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_runtime.engines.transformers.page._GATHERED_S", 0.0)
    heard = [Heard(), Heard()]

    async def reading() -> list[Transcript]:
        return await asyncio.gather(*map(engine.read, [page(0), page(1, 780, 700)], heard))

    with TransformersEngine(replace(settings, batch_size=2)) as engine:
        steps: list[int] = []

        def full_at_the_tenth_token(_: object, inputs: tuple[torch.Tensor, ...]) -> None:
            steps.append(len(inputs[0]))
            if len(steps) == 10:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

        engine._loaded().decoder.lm_head.register_forward_pre_hook(full_at_the_tenth_token)
        transcripts = asyncio.run(reading())
        assert engine.capacity == 1
    assert [each.text for each in transcripts] == [each.text for each in singles[:2]]
    assert [each.text for each in heard] == [each.text for each in singles[:2]]
    assert [each.pieces.count(None) for each in heard] == [1, 1]


def test_a_single_page_too_large_for_memory_fails_with_what_to_try(settings: TransformersSettings) -> None:
    with TransformersEngine(settings) as engine:
        Room(engine, 0)
        (transcript,) = good(engine, page(4))
    assert isinstance(transcript.error, EngineError)
    assert transcript.error.page_number == 5
    assert "max_crops, now 6" in str(transcript.error)


def test_other_errors_of_the_runtime_are_not_taken_for_a_lack_of_memory(settings: TransformersSettings) -> None:
    with TransformersEngine(settings) as engine:
        engine._loaded().decoder.lm_head = torch.nn.Linear(3, 3)
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            read_all(engine, [page(0)])


def test_tensors_that_do_not_fit_are_all_listed(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model")
    with weights_of(folder, "model.norm.weight") as tensors:
        tensors["model.surprise"] = tensors.pop("model.norm.weight")
    with weights_of(folder, "model.layers.1.mlp.gate.weight") as tensors:
        tensors["model.layers.1.mlp.gate.weight"] = torch.zeros(3, 32)
    with TransformersEngine(TransformersSettings(str(folder))) as engine:
        (error,) = read_all(engine, [page(0)])
    assert isinstance(error, WeightsMismatch)
    message = str(error)
    assert "3 tensors" in message
    assert "missing: model.language_model.norm.weight" in message
    assert "misshapen: model.language_model.layers.1.mlp.gate.weight" in message
    assert "surprise" in message


def test_broken_weights_are_named(small_model: Path, tmp_path: Path) -> None:
    folder = copied(small_model, tmp_path / "model")
    shard = next(folder.glob("*.safetensors"))
    shard.unlink()
    shard.write_bytes(b"\xff" * 100)
    with TransformersEngine(TransformersSettings(str(folder), batch_size=2)) as engine:
        errors = read_all(engine, map(page, range(5)))
    assert [type(error) for error in errors] == [EngineUnavailable] * 5
    assert "download the model again" in str(errors[4])


def test_it_runs_again_after_it_was_closed(settings: TransformersSettings, singles: list[Transcript]) -> None:
    others = threads_of_pages()
    engine = TransformersEngine(settings)
    (first,) = good(engine, page(0))
    engine.close()
    engine.close()
    assert engine._model is None
    assert threads_of_pages() == others
    assert good(engine, page(0)) == [first] == singles[:1]
    engine.close()


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
        with open_engine(name, options) as engine:
            assert engine.identity.engine == "transformers"


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"max_new_tokens": 0}, {"max_crops": 7}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TransformersSettings(**wrong)  # type: ignore[arg-type] # its fields
