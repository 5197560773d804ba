def sorted_by_kind(processors):
    return sorted(processors, key=lambda processor: processor.is_argmax_invariant())
