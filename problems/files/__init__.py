"""Formats of files that data sets come in; an error names the file."""
