"""Overrides of hparams as people write them, "name=value,name=[1,2],..."."""

import re


def parts(text: str) -> dict[str, str]:
  """{name: "name=value"} of "name=value,name=[1,2],...", in this order."""
  # A comma parts two overrides, unless it stands in brackets.
  found = [part for part in re.split(r",(?![^\[]*\])", text) if part]
  return {re.split(r"[=\[]", part)[0].strip(): part for part in found}
