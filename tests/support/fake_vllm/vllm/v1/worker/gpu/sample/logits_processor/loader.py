def validate_params(processors, sampling_params):
    for processor in processors:
        processor.validate_params(sampling_params)
