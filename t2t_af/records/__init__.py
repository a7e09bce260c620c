"""Records: one JSON object per line; the run that they are of; units."""
