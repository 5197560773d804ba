def apply_logits_processors(processors, logits):
    for processor in processors:
        logits = processor.apply(logits)
    return logits
