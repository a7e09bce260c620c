"""`bench sampling`: what is compared, and that both models sample."""

import json

import pytest

from benchmarks import sampling


def test_one_sample_of_the_stock_model_counts_as_often_as_ours_draws(
  monkeypatch, capsys, tmp_path
):
  asked = []

  def measure(module, *arguments):
    asked.append((arguments[1], arguments[-1]))
    return 3.0 if arguments[1] == "next_frame_glow" else 2.0

  monkeypatch.setattr(sampling.process, "measure", measure)
  path = tmp_path / "bench.jsonl"
  assert sampling.main(["--num_decodes=7", "--rounds=2", f"--json={path}"]) == 0
  assert asked == [("next_frame_glow", "1"), ("video_flow", "7")] * 2
  assert "NOT reached" in capsys.readouterr().out
  (record,) = map(json.loads, path.read_text().splitlines())
  assert record["ratio"] == pytest.approx(7 * 3.0 / 2.0)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["video_flow", "next_frame_glow"])
def test_both_models_sample(model):
  seconds = sampling.seconds_of(model, "video_flow_tiny", 4, 2)
  assert 0.1 < seconds < 300
