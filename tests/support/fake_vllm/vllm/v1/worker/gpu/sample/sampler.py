class Sampler:
    def __init__(self, processors):
        self.processors = processors

    def add_request(self, req_idx, sampling_params):
        return [processor.add_request(req_idx, sampling_params) for processor in self.processors]

    def apply_staged_writes(self):
        for processor in self.processors:
            processor.apply_staged_writes()

    def __call__(self, logits, context):
        for processor in self.processors:
            logits = processor.apply(logits, context)
        return logits
