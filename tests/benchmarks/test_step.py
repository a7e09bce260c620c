"""`bench step`: who is compared with whom, and by what."""

import pytest

from benchmarks import step


@pytest.fixture(name="asked")
def _asked(monkeypatch):
  """Every measurement that is asked for; ours takes half, less of memory."""
  asked = []

  def measure(module, flag, model, hparams_set, overrides):
    assert (module, flag) == ("benchmarks.step", "--measure")
    asked.append((model, hparams_set, overrides))
    value = 8.0 if model == "stock" else 4.0
    memory = 100.0 if "recompute=True" in overrides else 300.0
    return dict(
      build_and_first_step=value, step=value, step_cpu=value, memory=memory
    )

  monkeypatch.setattr(step.process, "measure", measure)
  return asked


def test_models_alternate_at_a_size(asked, capsys):
  assert step.main(["--sizes=tiny", "--rounds=2"]) == 0
  models = [model for model, *_ in asked]
  assert models == ["stock", "video_flow", "video_flow"] * 2
  assert len({overrides for *_, overrides in asked}) == 2
  lines = capsys.readouterr().out.splitlines()
  i = lines.index("tiny: peak memory, MiB: MiB, median of 2 rounds")
  assert lines[i + 1].split()[:2] == ["stock", "300"]
  j = next(
    i
    for i, line in enumerate(lines)
    if line.startswith("tiny: a later step, s") and "2" in lines[i + 3]
  )
  assert lines[j + 3].split()[1] == "2.0" and "reached" in lines[j + 3]


def test_depths_compare_with_and_without_recomputation(asked, capsys):
  assert step.main(["--depths=2,4", "--rounds=1"]) == 0
  depths = [overrides.split("depth=")[1] for *_, overrides in asked]
  assert depths == ["2", "2,recompute=True", "4", "4,recompute=True"]
  assert {model for model, *_ in asked} == {"video_flow"}
  ratios = [
    line.split()[1]
    for line in capsys.readouterr().out.splitlines()
    if line.strip().startswith("ratio")
  ]
  assert ratios == ["3.0", "1.0", "3.0", "1.0"]
