def refresh_metadata(processors, batch_update):
    for processor in processors:
        processor.update_state(batch_update)
