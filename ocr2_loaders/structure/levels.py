"""The levels of a document's headings, settled from all that is known of them."""

from __future__ import annotations

from collections import Counter, defaultdict

from ocr2_loaders.structure.heading import Heading

_DEEPEST = 6
"""As deep as Markdown and HTML go."""
_SAME_SIZE = 0.15
_SMALLER = 0.75
"""Boxes follow the ink, so that the same type makes lines of different heights; only a larger step is another type."""
_SIZE_STEPS_PER_PT = 2


class Levels:
    """What the headings learnt so far say together. Learn them one by one, or all before the first is settled.

    The PDF outline decides where it names a heading, then its number, then its `#` marks and the size of its type
    beside those of headings that are settled in a surer way.
    """

    def __init__(self) -> None:
        self._has_title = False
        self._marks_by_depth: dict[int, Counter[int]] = defaultdict(Counter)
        self._offsets: Counter[int] = Counter()
        self._sizes_by_mark: dict[int, Counter[int]] = defaultdict(Counter)
        self._sizes_by_depth: dict[int, tuple[float, int]] = {}
        self._has_outline = False
        self._settled_number: int | None = None

    def learn(self, heading: Heading) -> None:
        if heading.is_first and _is_title(heading):
            self._has_title = True
        if heading.outline_depth is not None:
            self._has_outline = True
            if not _is_flattened(heading):
                self._learn_size(heading.outline_depth, heading)
            if heading.depth is not None and not _is_flattened(heading):
                self._offsets[heading.outline_depth - heading.depth] += 1
        elif heading.depth is not None:
            self._marks_by_depth[heading.depth][heading.mark] += 1
            self._learn_size(heading.depth, heading)
        elif heading.size_pt is not None:
            self._sizes_by_mark[heading.mark][round(heading.size_pt * _SIZE_STEPS_PER_PT)] += 1

    def level_of(self, heading: Heading) -> int:
        """From 1 to 6."""
        return max(1, min(_DEEPEST, self._level_of(heading)))

    def _level_of(self, heading: Heading) -> int:
        if heading.outline_depth is not None and not _is_flattened(heading):
            return self._outermost_in_outline + heading.outline_depth - 1
        if heading.depth is not None:
            return self._outermost_number + heading.depth - 1
        if heading.is_first and _is_title(heading):
            return 1
        if not self._has_outline and not self._marks_by_depth:
            return heading.mark + self._num_larger_types(heading)
        if heading.is_standard:
            return self._outermost_section
        return self._level_by_size(heading)

    @property
    def _outermost_in_outline(self) -> int:
        """Below the title, where the outline does not name it."""
        return 2 if self._has_title else 1

    @property
    def _outermost_number(self) -> int:
        """Where headings numbered with one place stand; once asked for, it holds for the rest of the document."""
        if self._settled_number is None:
            self._settled_number = self._number_as_marked()
        return self._settled_number

    def _number_as_marked(self) -> int:
        """As in the outline, else as the model marked most of those with the fewest places."""
        if self._offsets:
            return self._outermost_in_outline + _most_common(self._offsets)
        if not self._marks_by_depth:
            return self._outermost_in_outline
        depth = min(self._marks_by_depth)
        marked = _most_common(self._marks_by_depth[depth]) - depth + 1
        return max(marked, self._outermost_in_outline)

    @property
    def _outermost_section(self) -> int:
        return self._outermost_in_outline if self._has_outline else self._outermost_number

    def _num_larger_types(self, heading: Heading) -> int:
        """How many clearly larger types the headings with the same mark are set in."""
        if heading.size_pt is None:
            return 0
        count = 0
        largest = 0.0
        for size in sorted(self._sizes_by_mark[heading.mark], reverse=True):
            if size < heading.size_pt * _SIZE_STEPS_PER_PT / _SMALLER - 1:
                break
            if not largest or size < largest * _SMALLER:
                largest = size
                count += 1
        return count

    def _level_by_size(self, heading: Heading) -> int:
        """That of the settled headings in the nearest type; one below the deepest for clearly smaller type."""
        outermost = self._outermost_section
        by_mark = max(heading.mark, outermost) if heading.mark > 1 else heading.mark
        is_marked_deeper = bool(self._marks_by_depth) and heading.mark > max(map(max, self._marks_by_depth.values()))
        if is_marked_deeper or heading.size_pt is None or not self._sizes_by_depth:
            return by_mark
        means = {depth: total / count for depth, (total, count) in self._sizes_by_depth.items()}
        distance, nearest = min((abs(mean - heading.size_pt), depth) for depth, mean in means.items())
        if distance <= _SAME_SIZE * means[nearest]:
            return outermost + nearest - 1
        if heading.size_pt < min(means.values()) * _SMALLER:
            return outermost + max(means)
        return by_mark

    def _learn_size(self, depth: int, heading: Heading) -> None:
        if heading.size_pt is not None:
            total, count = self._sizes_by_depth.get(depth, (0.0, 0))
            self._sizes_by_depth[depth] = (total + heading.size_pt, count + 1)


def _is_title(heading: Heading) -> bool:
    is_placed = heading.depth is not None or heading.outline_depth is not None
    return heading.mark == 1 and not is_placed and not heading.is_standard


def _is_flattened(heading: Heading) -> bool:
    """Some outlines are flat lists, in which "2.1" stands beside "2"."""
    return heading.outline_depth == 1 and heading.depth is not None and heading.depth > 1


def _most_common(counts: Counter[int]) -> int:
    """The smallest of those that are counted most often."""
    most = max(counts.values())
    return min(value for value, count in counts.items() if count == most)
