"""A trained run is asked about sequences that are not its data."""
