"""The drawn worlds of the embedded data sets."""
