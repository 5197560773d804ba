"""The examination of a server, by servers that do each thing well or badly."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from model_runtime.engines.endpoint import EndpointSettings
from model_runtime.engines.endpoint.canary import Finding, examined
from model_runtime.engines.endpoint.canary_page import HEIGHT_PX, LANDMARKS, WIDTH_PX, canary_page
from model_runtime.grounding import written
from model_runtime.tiling import crop_grid, num_visual_tokens
from model_runtime.vocabulary import SPECIAL_TOKENS
from tests.support.cli import ocr2
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.call import Call, pieces_of
from tests.support.openai_server.faults import Fault, always
from tests.support.openai_server.server import OpenAiServer

_GOOD_TEXT = "".join(written("text", [mark.box.on_grid()], mark.words) for mark in LANDMARKS)
_GOOD_TOKENS = num_visual_tokens(WIDTH_PX, HEIGHT_PX) + 12


@dataclass(frozen=True)
class Habits:
    text: str = _GOOD_TEXT
    num_prompt_tokens: int | None = _GOOD_TOKENS
    has_logprobs: bool = True
    knows: tuple[str, ...] = ("repetition_detection", "vllm_xargs")
    finish_reason: str = "stop"

    def fault(self) -> Fault:
        async def answer(call: Call) -> None:
            detection, guard = call.body.get("repetition_detection"), call.body.get("vllm_xargs")
            for name, size in (
                ("repetition_detection", detection["max_pattern_size"]),
                ("vllm_xargs", guard["ngram_size"]),
            ):
                if name in self.knows and size < 0:
                    await call.refuse(400, f"{name} must be positive")
                    return
            tokens = [{"token": piece, "logprob": -0.1} for piece in pieces_of(self.text)]
            choice = {
                "message": {"content": self.text},
                "finish_reason": self.finish_reason,
                "logprobs": {"content": tokens} if self.has_logprobs else None,
            }
            usage = {"prompt_tokens": self.num_prompt_tokens} if self.num_prompt_tokens else None
            await call.answer_json({"choices": [choice], "usage": usage})

        return answer


def _complaints(habits: Habits) -> list[Finding]:
    with OpenAiServer(OpenAiApp(plan=always(habits.fault()))) as server:
        findings = examined(EndpointSettings(base_urls=(server.url,)))
    assert "serves deepseek-ai/DeepSeek-OCR-2 (vllm)" in findings[0].what
    assert len(findings) == 10
    return [each for each in findings if not each.is_well]


def test_a_good_server_has_nothing_to_mend() -> None:
    assert _complaints(Habits()) == []


def test_the_landmarks_ink_lies_within_their_boxes() -> None:
    page = canary_page()
    rest = page.copy()
    for mark in LANDMARKS:
        left, top, right, bottom = mark.box.in_pixels(WIDTH_PX, HEIGHT_PX)
        assert page[top:bottom, left:right].min() == 0
        rest[top:bottom, left:right] = 255
    assert rest.min() == 255


def _without_special_tokens() -> str:
    text = _GOOD_TEXT
    for token in SPECIAL_TOKENS:
        text = text.replace(token, "")
    return text


_SHIFTED = "".join(
    written("text", [type(box)(box.x0 // 2, box.y0 // 2, box.x1 // 2, box.y1 // 2)], mark.words)
    for mark, box in ((mark, mark.box.on_grid()) for mark in LANDMARKS)
)
_NUM_CROPS = crop_grid(WIDTH_PX, HEIGHT_PX).num_crops


@pytest.mark.parametrize(
    ("habits", "what", "mend"),
    [
        (Habits(text=_without_special_tokens()), "special tokens are left out", "skip_special_tokens=false"),
        (Habits(text=_GOOD_TEXT.replace("7391", "7397")), "without 'Far below", "weights"),
        (Habits(text=_SHIFTED), "no box where 'Canary Report'", "resizes"),
        (Habits(num_prompt_tokens=257 + 100 * _NUM_CROPS + 12), "crops are 640 pixels wide", "update the server"),
        (Habits(num_prompt_tokens=300), "300 prompt tokens", "update the server"),
        (Habits(num_prompt_tokens=None), "size of crops stays unknown", None),
        (Habits(has_logprobs=False), "no logprobs", "--max-logprobs"),
        (Habits(knows=("vllm_xargs",)), "passes over repetition_detection", "update vLLM"),
        (Habits(knows=("repetition_detection",)), "passes over vllm_xargs", "--logits_processors"),
        (Habits(finish_reason="length"), "did not end by itself (length)", "generation settings"),
    ],
)
def test_each_thing_done_badly_is_found_alone_with_what_mends_it(habits: Habits, what: str, mend: str | None) -> None:
    (complaint,) = _complaints(habits)
    assert what in complaint.what
    assert complaint.mend is mend is None or mend in complaint.mend


def test_a_server_that_is_not_there_is_one_finding() -> None:
    (finding,) = examined(EndpointSettings(base_urls=("http://127.0.0.1:9/v1",)))
    assert not finding.is_well
    assert "no server answers at http://127.0.0.1:9/v1" in str(finding)


@pytest.mark.parametrize(("habits", "status"), [(Habits(), 0), (Habits(num_prompt_tokens=300), 1)])
def test_the_doctor_prints_what_it_found_and_its_exit_status_says_whether_all_is_well(
    habits: Habits, status: int
) -> None:
    with OpenAiServer(OpenAiApp(plan=always(habits.fault()))) as server:
        run = ocr2("doctor", "--endpoint", server.url)
    assert run.returncode == status, run.stderr
    assert "special tokens come through" in run.stdout
    assert ("update the server" in run.stdout) == bool(status)
