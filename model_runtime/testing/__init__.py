"""What stands in for the published model where it is not to be had: folders of the same form with random weights."""
