"""OmniDocBench v1.5: transcribing its pages, scoring the predictions, reporting the figures."""
