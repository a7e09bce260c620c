"""Every command on a page is one: its flags, and the names that it is given."""

import argparse
import re
import shlex

import pytest
from tensor2tensor.utils import registry

from t2t_af import errors
from t2t_af.bin import arguments
from t2t_af.bin import bench
from t2t_af.bin import front
from t2t_af.bin import main as t2t_af_command
from t2t_af.experiments import model_names
from tests.docs import pages

_STOCK = {
  "t2t-datagen": "t2t_datagen",
  "t2t-trainer": "t2t_trainer",
  "t2t-eval": "t2t_eval",
  "t2t-decoder": "t2t_decoder",
}
_STARTS = ("t2t", "make ", "python ", "pip ", "scripts/")
_ABSENT = "arguments are required"
# What stands for a name on a page, and one of these names.
_PLACEHOLDERS = {
  "table N": "table 1",
  "figure N": "figure 5",
  "bench NAME": "bench graph",
  "params SET": "params af1_tiny",
  "--problem=NAME": "--problem=video_bair",
}
_PAGES = [
  path for path in (*pages.TOP, *pages.DOCS) if "CHANGE" not in path.name
]
_MAKE = re.findall(r"^([a-z-]+):", pages.read("Makefile"), re.M)


class _Parsed(Exception):
  """What a verb was told."""


class _Parser(argparse.ArgumentParser):
  """Ends the verb as soon as its command line is understood."""

  def parse_args(self, *argv, **options):
    raise _Parsed(super().parse_args(*argv, **options))

  def parse_intermixed_args(self, *argv, **options):
    raise _Parsed(super().parse_intermixed_args(*argv, **options))

  def error(self, message):
    raise errors.UserError(message)


def in_fences(text: str) -> list[str]:
  """The commands that a page shows to be run."""
  found = []
  for block in pages.fenced(text, "", "console", "sh"):
    for line in block.replace("\\\n", " ").splitlines():
      line = re.sub(r"\s+# .*", "", line.removeprefix("$ ")).strip()
      if line.startswith(_STARTS):
        found += [part.strip() for part in line.split(";")]
  return found


def in_text(text: str) -> list[str]:
  """Those that its running text names; not all say all that they need."""
  quoted = re.findall(r"`([^`]+)`", pages.without_fences(text))
  codes = [" ".join(code.split()) for code in quoted]
  return [code for code in codes if " " in code and code.startswith(_STARTS)]


def check(command: str) -> None:
  """Raises an error that says what no such command, flag or name is."""
  for placeholder, name in _PLACEHOLDERS.items():
    command = command.replace(placeholder, name)
  program, *argv = shlex.split(re.sub(r"[\[\]]", "", command))
  if program in _STOCK:
    assert front.answer(_STOCK[program], [program, *argv]) is None, command
    _check_names(dict(_flags(argv)))
  elif program == "t2t-af":
    _check_names(vars(parsed(argv)))
  elif program == "make":
    assert {a for a in argv if "=" not in a} <= set(_MAKE), command
  elif program == "python":
    path = argv[1].replace(".", "/") + ".py" if argv[0] == "-m" else argv[0]
    assert (pages.ROOT / path).exists(), command
  elif program.startswith("scripts/"):
    assert (pages.ROOT / program).exists(), command
  else:
    assert program == "pip", command


def parsed(argv: list[str]) -> argparse.Namespace:
  """The flags of a verb, understood by its own parser."""
  if argv[0] == "bench":  # each has flags of its own
    assert argv[1] in bench.NAMES
    if argv[1] in bench._BENCHES:
      return argparse.Namespace()
  if argv in (["doctor"], ["--version"]):
    return argparse.Namespace()
  try:
    t2t_af_command._run(argv[0], argv[1:])
  except _Parsed as told:
    return told.args[0]
  raise AssertionError(f"{argv[0]} did not parse {argv[1:]}")


def _flags(argv):
  for argument in argv:
    name, _, value = argument.lstrip("-").partition("=")
    yield name, value


def _check_names(flags):
  sets = [
    name
    for key in ("hparams_sets", "hparams_set", "sets")
    for name in _listed(flags.get(key))
    if not name.startswith("--")
  ]
  assert set(sets) <= set(registry.list_hparams())
  problem = flags.get("problem")
  if problem:
    assert problem in registry.Registries.problems._registry
  if flags.get("model") and sets:
    assert {model_names.model_of(name) for name in sets} == {flags["model"]}
  known = {key for name in sets for key in registry.hparams(name).values()}
  for given in _listed(flags.get("hparams")):
    assert not known or given.partition("=")[0] in known, given


def _listed(value):
  return value.split(",") if isinstance(value, str) and value else value or []


@pytest.fixture(autouse=True)
def _only_parsed(monkeypatch):
  monkeypatch.setattr(
    arguments, "parser", lambda verb, doc: _Parser(f"t2t-af {verb}")
  )


@pytest.mark.parametrize("page", map(pages.named, _PAGES))
def test_commands_are_understood(page):
  text = pages.read(page)
  for command in in_fences(text):
    check(command)
  for command in in_text(text):
    try:
      check(command)
    except errors.UserError as error:
      assert _ABSENT in str(error)


def test_commands_are_found():
  shown = [c for path in _PAGES for c in in_fences(path.read_text("utf-8"))]
  assert len(shown) > 50
  assert {shlex.split(c)[0] for c in shown} > {*_STOCK, "t2t-af", "make"}


@pytest.mark.parametrize(
  "wrong",
  [
    "t2t-trainer --modle=slvm",
    "t2t-trainer --problem=video_bear",
    "t2t-trainer --model=slvm --hparams_set=af1_tiny",
    "t2t-af compare --hparams_sets=af1_tiny,af9_tiny",
    "t2t-af compare --hparams_sets=af1_tiny --hparams=hidden_sice=3",
    "t2t-af compar",
    "t2t-train --problem=video_bair",
    "t2t-af table 9",
    "t2t-af forecast run",
    "make demon",
    "python scripts/collect.py",
    "python -m scripts.draw_layer",
  ],
)
def test_what_is_none_is_refused(wrong, capsys):
  with pytest.raises((AssertionError, errors.UserError)):
    check(wrong)
  capsys.readouterr()
