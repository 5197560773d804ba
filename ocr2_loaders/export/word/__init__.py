"""Word documents. Imported on demand: python-docx and mathml2omml come with the extra `docx`."""
