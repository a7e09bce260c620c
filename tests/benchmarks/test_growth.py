"""`bench growth`: its points, and that each part runs what it says."""

import json

import pytest

from benchmarks import growth
from t2t_af import errors


def test_every_point_is_measured_in_its_own_process(
  monkeypatch, capsys, tmp_path
):
  asked = []

  def measure(module, flag, part, hparams_set, x, *rest):
    assert (module, flag) == ("benchmarks.growth", "--measure")
    asked.append((part, hparams_set, int(x)))
    return dict(start_cpu=3.0, run=1.0, run_cpu=2.0 * int(x), memory=100.0)

  monkeypatch.setattr(growth.process, "measure", measure)
  path = tmp_path / "x.jsonl"
  growth.main(["--parts=batch,futures", "--rounds=2", f"--json={path}"])
  assert len(asked) == 2 * (9 + 6) and asked[:15] == asked[15:]
  records = [json.loads(line) for line in path.read_text().splitlines()]
  assert records[1]["x"] == 4 and records[1]["run_cpu"] == [8.0, 8.0]
  assert "batch: af1_tiny grows as" in capsys.readouterr().out
  with pytest.raises(errors.UserError, match='"batch"'):
    growth.main(["--parts=bach"])


def test_the_sizes_are_those_of_the_hparams():
  asked = growth._overrides(growth.PARTS["transforms"], "af1_tiny", 2)
  assert asked == dict(num_transforms=2, video_num_input_frames=6)
  asked = growth._overrides(growth.PARTS["frames"], "video_flow_tiny", 7)
  assert asked == dict(num_train_frames=7, video_num_target_frames=4)
  asked = growth._overrides(growth.PARTS["frames"], "af1_tiny", 7)
  assert asked == dict(video_num_target_frames=4)


@pytest.mark.slow
@pytest.mark.parametrize("part", list(growth.PARTS))
def test_each_part_runs(part):
  what = growth.PARTS[part]
  measured = growth.measure(what, what.sets[-1], what.values[0], steps=1)
  assert measured["run_cpu"] > 0 and measured["memory"] > 100
