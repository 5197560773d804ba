"""Content that tries to act where it is shown: scripts, events, addresses and styles in every place that a page has."""

from __future__ import annotations

from dataclasses import replace

from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders.blocks import PageResult, blocks_of
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.transcription import Attempt, PageStatus
from tests.support.requests import source

ADDRESS = "http://evil.example/x"
HARM = "window.harmed=1"
PAYLOADS = (
    f"<script>{HARM}</script>",
    f"</script><script>{HARM}</script>",
    f"<img src=x onerror={HARM}>",
    f'<img src="{ADDRESS}">',
    f"<svg onload={HARM}><use href='{ADDRESS}#a'/><image href='{ADDRESS}'/></svg>",
    f"<svg><animate onbegin={HARM} attributeName=x dur=1s></svg>",
    f"<svg><style><img src=x onerror={HARM}></style></svg>",
    f"<math><maction actiontype='statusline' xlink:href='javascript:{HARM}'>x</maction></math>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={HARM}&gt;'>",
    f"<math href='javascript:{HARM}'><mi>x</mi></math>",
    f"<a href='javascript:{HARM}' id=click>click</a>",
    f"<a href='{ADDRESS}' ping='{ADDRESS}'>out</a>",
    f"[link](javascript:{HARM}) ![picture]({ADDRESS})",
    f"<iframe srcdoc='<script>parent.{HARM}</script>'></iframe><iframe src='{ADDRESS}'></iframe>",
    f"<object data='{ADDRESS}'></object><embed src='{ADDRESS}'><base href='{ADDRESS}'>",
    f"<link rel=stylesheet href='{ADDRESS}'><style>@import '{ADDRESS}'; *{{background:url({ADDRESS})}}</style>",
    f"<div style='background:url({ADDRESS})' onpointerover={HARM} tabindex=0 autofocus onfocus={HARM}>words</div>",
    f"<meta http-equiv=refresh content='0;url={ADDRESS}'><form action='{ADDRESS}'><button>go</button></form>",
    f"<video poster='{ADDRESS}' onloadstart={HARM}><source src='{ADDRESS}'></video><details open ontoggle={HARM}>",
    f"&lt;script&gt;{HARM}&lt;/script&gt; &#60;img src=x onerror={HARM}&#62;",
    f"--><script>{HARM}</script><!--",
    f"</pre></article></section></main><script>{HARM}</script>",
    f'" onpointerover="{HARM}" x="',
    f"' onpointerover='{HARM}' x='",
    f"{{{{ 7 * 7 }}}}{{% raw %}}<script>{HARM}</script>",
    "\x00<scr\x00ipt>\ud800\u202e",
)
_LATEX = (
    rf"\href{{javascript:{HARM}}}{{x}}",
    rf"\text{{<img src=x onerror={HARM}>}}",
    rf"x_{{</math><script>{HARM}</script>}}",
    rf"\mathrm{{&lt;script&gt;{HARM}&lt;/script&gt;}}",
    rf"\style{{background:url({ADDRESS})}}{{x}} \class{{tag}}{{x}} \unicode{{x3c}}",
    rf"\includegraphics{{{ADDRESS}}} \color{{red;background:url({ADDRESS})}} y",
)


def _span(label: str, body: str, place: int) -> str:
    top = 10 * (place % 90)
    return f"<|ref|>{label}<|/ref|><|det|>[[50, {top}, 900, {top + 9}]]<|/det|>\n{body}\n\n"


def hostile_transcript() -> str:
    """Each payload as title, text, list, code and table cell; hostile formulas, in words, in cells and alone."""
    bodies = [
        *[("title", f"# {payload}") for payload in PAYLOADS],
        *[("text", payload) for payload in PAYLOADS],
        *[("image_caption", f"<center>{payload}</center>") for payload in PAYLOADS],
        ("list", "\n".join(f"- {payload}" for payload in PAYLOADS)),
        *[("code", f"```\n{payload}\n```") for payload in PAYLOADS],
        *[("table", f"<table><tr><td onclick={HARM}>{each}</td><td>b</td></tr></table>") for each in PAYLOADS],
        *[("table", f"<table><tr><td>\\({latex}\\)</td></tr></table>") for latex in _LATEX],
        *[("equation", f"\\[ {latex} \\]") for latex in _LATEX],
        *[("text", f"words \\( {latex} \\) words") for latex in _LATEX],
        *[(f"image {payload}", "") for payload in PAYLOADS],
    ]
    return "".join(_span(label, body, place) for place, (label, body) in enumerate(bodies))


def hostile_page(page_index: int = 0) -> PageResult:
    """A page with payloads in its name, label, blocks, warnings, error, engine, attempts and transcript."""
    everything = " ".join(PAYLOADS)
    transcript = hostile_transcript()
    engine = EngineIdentity("replay", everything, everything)
    facts = PageFacts(
        replace(source(), name=f"{PAYLOADS[0]}.pdf", uri=ADDRESS),
        page_index,
        num_pages=1,
        page_label=everything,
        width_pt=300.0,
        height_pt=400.0,
        width_px=300,
        height_px=400,
    )
    return PageResult(
        facts,
        PageStatus.TRUNCATED,
        blocks_of(transcript, page_index=page_index, file_sha256="0" * 64),
        transcript,
        FinishReason.LENGTH,
        engine,
        PAYLOADS,
        PageUnreadable(everything, hint=everything),
        tuple(Attempt(None, engine, FinishReason.LENGTH, payload) for payload in PAYLOADS),
    )
