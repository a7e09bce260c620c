"""`python -m t2t_af.bin.run`, which `compare` calls for every run."""

import json

import t2t_af
from t2t_af.bin import run as command
from t2t_af.experiments import run


def test_everything_is_registered_before_a_run_is_executed(monkeypatch):
  """Its process is a new one, whose parent's registrations do not count."""
  done = []
  monkeypatch.setattr(t2t_af, "register", lambda: done.append("register"))
  monkeypatch.setattr(
    run, "execute", lambda given, force: done.append((given.seed, force))
  )
  fields = dict.fromkeys(run.Run._fields, "")
  fields.update(seed=3, output_dir="nowhere")
  assert command.main([json.dumps(fields), "--force"]) == 0
  assert done == ["register", (3, True)]
