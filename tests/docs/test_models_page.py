"""docs/models.md: its parameters are those counted, its hparams are some."""

import json
import re

from tensor2tensor.utils import registry

from t2t_af.analysis import formats
from tests.docs import pages
from tests.hparams import sets
from tests.networks import parameter_counts

_PAGE = "docs/models.md"


def _counted():
  path = pages.ROOT / "results" / "parameters" / "parameters.jsonl"
  lines = path.read_text(encoding="utf-8").splitlines()
  return {
    record["hparams_set"]: record["num_parameters"]
    for record in map(json.loads, lines)
  }


def _number(name, counted):
  if name in counted:
    return counted[name]
  return parameter_counts.video_flow(
    sets.step_shape(name), registry.hparams(name)
  )


def test_parameters_of_sets():
  counted = _counted()
  for names, (what, shown) in pages.rows(_PAGE, "## Sets").items():
    names = re.findall(r"`(\w+)`", names)
    assert shown == "; ".join(
      formats.thousands(_number(name, counted)) for name in names
    )
    if "of colour" in what:
      assert re.findall(r"\d[\d,]+\d", what) == [
        formats.thousands(counted[name.replace("mmnist", "bair")])
        for name in names
      ]


def test_readme_has_the_same():
  counted = _counted()
  table = pages.rows("README.md", "## Which model for me")
  shown = [number for _, number in table.values() if " on " in number]
  assert shown == [
    f"{formats.thousands(counted[name])} on {data}"
    for name, data in (
      ("video_flow_af_bair", "BAIR"),
      ("af1_mmnist", "Moving MNIST"),
      ("slvm_af1_mmnist", "Moving MNIST"),
    )
  ]


def test_hparams_that_are_named_are_some():
  known = {
    key for name in sets.NAMES for key in registry.hparams(name).values()
  }
  for row in pages.rows(_PAGE, "Beyond the paper"):
    for name in re.findall(r"`(\w+)", row):
      assert name in known or row == "hparam"
