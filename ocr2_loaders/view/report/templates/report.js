"use strict";

// A block and its boxes bear the same number within their page: pointing at one, or moving the focus to it, lights both.
let lit = [];

const blockAt = (target) => (target instanceof Element ? target.closest("[data-block]") : null);
const partsOf = (block) => block.closest(".page").querySelectorAll(`[data-block="${block.dataset.block}"]`);

function light(block) {
  for (const part of lit) part.classList.remove("lit");
  lit = block ? [...partsOf(block)] : [];
  for (const part of lit) part.classList.add("lit");
}

// Where nothing is pointed at, the block that has the focus stays lit.
const focused = () => blockAt(document.activeElement);

document.addEventListener("pointerover", (event) => light(blockAt(event.target) ?? focused()));
document.addEventListener("focusin", (event) => light(blockAt(event.target)));
document.addEventListener("focusout", () => light(null));

function reveal(block) {
  const isBox = block instanceof SVGElement;
  const other = [...partsOf(block)].find((part) => part instanceof SVGElement !== isBox);
  other?.scrollIntoView({ block: "nearest", behavior: "auto" });
  if (isBox && other) other.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const block = blockAt(event.target);
  if (block && getSelection().isCollapsed) reveal(block);
});

document.addEventListener("keydown", (event) => {
  const block = focused();
  if (block && event.target === block && event.key === "Enter") reveal(block);
});

// The pages come one after the other while the report is written, so what they come to is counted here.
const pages = [...document.querySelectorAll(".page")];
const problems = pages.filter((page) => "problem" in page.dataset);
const summary = document.getElementById("summary");

function summarise() {
  const counts = new Map();
  for (const page of pages) counts.set(page.dataset.status, (counts.get(page.dataset.status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  summary.textContent = `${pages.length} ${pages.length === 1 ? "page" : "pages"}: ${parts.join(", ")}`;
}

function show(page) {
  page.scrollIntoView({ block: "start" });
  history.replaceState(null, "", `#${page.id}`);
}

function nextProblem() {
  const bar = document.querySelector(".bar").offsetHeight;
  const isBelow = (page) => page.getBoundingClientRect().top > bar + 24;
  show(problems.find(isBelow) ?? problems[0]);
}

summarise();
const next = document.getElementById("next-problem");
next.disabled = problems.length === 0;
next.addEventListener("click", nextProblem);
const goto = document.getElementById("goto");
goto.addEventListener("change", () => {
  const page = document.getElementById(`page-${Number(goto.value)}`);
  if (page) show(page);
});
for (const tool of document.querySelectorAll(".needs-script")) tool.hidden = false;
