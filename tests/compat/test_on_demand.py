"""What of tensor2tensor is imported when, and that nothing is missing."""

import pathlib
import sys

import pytest
from tensor2tensor.utils import registry

from t2t_af.compat import on_demand

_ROOT = pathlib.Path(__file__).parents[2]
_IN_A_FRESH_PROCESS = """
import sys
import t2t_af
t2t_af.register()
import tensor2tensor.bin.t2t_trainer
from tensor2tensor.utils import registry

def loaded():
  heavy = ("sympy", "tensorflow_datasets", "gym", "tensorflow_gan", "sklearn",
           "scipy.signal", "googleapiclient.http")
  return set(heavy) & set(sys.modules)

@registry.register_model
class Mine:
  pass

all_of = registry.Registries
for name, known in (
    ("video_flow", all_of.models), ("next_frame_glow", all_of.models),
    ("slvm_tiny", all_of.hparams), ("video_bair", all_of.problems),
    ("mine", all_of.models), ("adam", all_of.optimizers)):
  assert name in known, name
from tensor2tensor.data_generators import text_encoder
from tensor2tensor.utils import metrics
assert text_encoder.tokenizer.encode("so cool.") == ["so", "cool", "."]
bleu = metrics.METRICS_FNS[metrics.Metrics.APPROX_BLEU]
assert bleu.__module__ != "tensor2tensor.utils.bleu_hook"  # not taken yet
assert metrics.bleu_hook.bleu_tokenize("so cool.") == ["so", "cool", "."]
from googleapiclient import discovery
assert not loaded(), loaded()

assert registry.model("transformer").__name__ == "Transformer"
assert loaded() >= {"sympy", "tensorflow_datasets", "gym", "tensorflow_gan"}
assert "mine" in registry.list_models() and "emily" in registry.help_string()
from tensor2tensor.data_generators import all_problems
assert set(all_problems.ALL_MODULES) <= set(sys.modules)
assert discovery.build and loaded() >= {"googleapiclient.http"}
"""


def test_stock_models_and_problems_are_imported_on_demand(run_python):
  done = run_python("-c", _IN_A_FRESH_PROCESS, path=[_ROOT])
  assert done.returncode == 0, done.stderr
  assert not done.stdout


@pytest.fixture(name="put_off")
def _put_off(monkeypatch):
  """Counts how often the stock models and problems are asked for."""
  asked = []
  monkeypatch.setattr(on_demand, "load_stock", lambda: asked.append(1))
  return asked


def test_names_of_ours_ask_for_nothing_more(put_off):
  known = registry.Registries.models
  assert "video_flow" in known and known["slvm"] and known.get("video_flow")
  assert registry.problem("video_bair") and registry.hparams("slvm_tiny")
  assert registry.optimizer("adam")
  assert not put_off


def test_a_registration_asks_for_nothing_and_still_refuses_a_taken_name(
  put_off, monkeypatch
):
  known = registry.Registries.models
  monkeypatch.setattr(known, "_registry", dict(known._registry))
  registry.register_model("mine")(type("Mine", (), {}))
  assert "mine" in known
  with pytest.raises(KeyError, match="already registered"):
    registry.register_model("slvm")(type("Mine", (), {}))
  assert not put_off


@pytest.mark.parametrize("look", [len, list, lambda known: known.keys()])
def test_whoever_looks_at_all_names_gets_all(put_off, look):
  look(registry.Registries.hparams)
  assert put_off


def test_an_unknown_name_asks_for_all(put_off):
  assert "no_such_model" not in registry.Registries.models
  assert put_off


def test_loading_twice_loads_once():
  on_demand.load_stock()
  assert not on_demand.load_stock()
  assert "tensor2tensor.models.transformer" in sys.modules
