"""Reference records of data sets of both kinds, and what is refused."""

import numpy as np
import pytest
from tensor2tensor.utils import registry

from t2t_af import errors
from t2t_af.bin import references
from t2t_af.experiments import reference_records
from t2t_af.records import json_lines
from tests.fixtures import small_data


@pytest.fixture(name="data_dir", scope="module")
def _data_dir(tmp_path_factory):
  return small_data.generate(
    str(tmp_path_factory.mktemp("data")),
    ["series_particle", "video_toy_pushing"],
    train=20,
    dev=3,
    test=5,
  )


def test_a_series_is_scored_on_the_windows_of_evaluation(data_dir, capsys):
  assert (
    references.main(
      [
        "--problem=series_particle",
        f"--data_dir={data_dir}",
        "--num_inputs=4",
        "--num_targets=5",
      ]
    )
    == 0
  )
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == 5 and all("raw units" in line for line in lines)
  problem = registry.problem("series_particle")
  computed = reference_records.compute(problem, data_dir, "test", 4, 5)
  windows = problem.read_windows(data_dir, "test", 4, 5)
  assert len(windows) == 5 * 4  # 24 steps: four times five after the first.
  assert computed[0]["num_sequences"] == len(windows)
  nll = 0.5 * (np.log(2 * np.pi) + np.square(windows[:, 4:], dtype=float))
  assert computed[0]["nll_nats_per_dim"] == pytest.approx(nll.mean())
  assert computed[0]["nll_raw_nats_per_step"] == pytest.approx(
    2 * nll.mean() + problem.statistics(data_dir).log_volume
  )


def test_video_takes_the_noise_asked_for(data_dir):
  for noise in ("uniform", "gaussian"):
    computed = reference_records.compute(
      registry.problem("video_toy_pushing"), data_dir, "eval", 3, 10, noise
    )
    assert {r["dequantization"] for r in computed} == {noise}
    assert computed[0]["num_sequences"] == 3
    assert computed[0]["num_train_sequences"] == 20


def test_the_verb_writes_the_records_that_it_prints(data_dir, tmp_path, capsys):
  path = tmp_path / "more" / "references.jsonl"
  for _ in range(2):  # An explicit file is appended to.
    references.main(
      [
        "--problem=video_toy_pushing",
        f"--data_dir={data_dir}",
        f"--output={path}",
      ]
    )
  lines = capsys.readouterr().out.splitlines()
  records = json_lines.read(str(path))
  assert len(lines) == len(records) == 2 * 6
  for line, record in zip(lines, records):
    assert line.startswith(record["name"])
    assert "%.4f bits/dim" % record["nll_bits_per_dim"] in line


def test_memory_bounds_the_training_sequences(data_dir, monkeypatch):
  monkeypatch.setattr(
    reference_records, "_MAX_TRAIN_BYTES", 4 * 13 * 32 * 32 * 3
  )
  computed = reference_records.compute(
    registry.problem("video_toy_pushing"), data_dir, "test"
  )
  assert computed[0]["num_train_sequences"] == 4


def test_records_are_written_once_for_each_protocol(data_dir, tmp_path):
  path = str(tmp_path / "references.jsonl")

  def write(num_inputs, noise):
    reference_records.write(
      registry.problem("video_toy_pushing"),
      data_dir,
      "test",
      path,
      num_inputs,
      10,
      noise,
    )
    return len(json_lines.read(path))

  assert write(3, "uniform") == 6 == write(3, "uniform")
  assert write(3, "gaussian") == 6 + 5  # The uniform model has no place.
  assert write(4, "uniform") == 6 + 5 + 6


def _write(data_dir, path):
  reference_records.write(
    registry.problem("video_toy_pushing"),
    data_dir,
    "test",
    str(path),
    3,
    10,
    "uniform",
  )


def _numbers(path):
  """All but the time of each."""
  return [
    (r["name"], r.get("nll_nats_per_dim"), r.get("data_fingerprint"))
    for r in json_lines.read(str(path))
  ]


@pytest.mark.parametrize("lines", [0.0, 1.0, 1.5, 5.0, 5.99])
def test_records_of_which_a_kill_left_a_part_are_made_again(
  data_dir, tmp_path, lines
):
  path = tmp_path / "references.jsonl"
  json_lines.append(str(path), {"name": "of another protocol"})
  _write(data_dir, path)
  whole = _numbers(path)
  first, *mine = path.read_bytes().splitlines(keepends=True)
  cut = int(lines % 1 * len(mine[int(lines)]))
  path.write_bytes(
    b"".join([first, *mine[: int(lines)], mine[int(lines)][:cut]])
  )
  _write(data_dir, path)
  assert _numbers(path) == whole


def test_records_of_other_data_are_not_used(data_dir, tmp_path, monkeypatch):
  path = tmp_path / "references.jsonl"
  _write(data_dir, path)
  whole = _numbers(path)
  old = json_lines.read(str(path))
  json_lines.write(str(path), [dict(r, data_fingerprint="other") for r in old])
  _write(data_dir, path)
  assert _numbers(path) == whole
  monkeypatch.setattr(reference_records, "compute", pytest.fail)
  _write(data_dir, path)  # Complete, and of this data: nothing to do.


@pytest.mark.parametrize(
  "problem, message",
  [
    ("series_particle", "no sequence of the train split has 20 \\+ 100"),
    ("video_toy_pushing", "sequence train/0 has 30"),
  ],
)
def test_windows_longer_than_every_sequence_are_refused(
  data_dir, problem, message
):
  with pytest.raises(errors.UserError, match=message):
    reference_records.compute(
      registry.problem(problem), data_dir, "test", 20, 100
    )
