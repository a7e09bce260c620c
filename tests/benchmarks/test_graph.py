"""`bench graph`: what is counted, and the table of medians."""

import tensorflow.compat.v1 as tf

from benchmarks import graph
from t2t_af.records import json_lines


def test_variables_and_the_optimizer_are_no_core():
  x = tf.placeholder(tf.float32, [3], name="x")
  assert graph.count_operations() == (1, 1)
  with tf.variable_scope("layer", use_resource=True):
    w = tf.get_variable("w", initializer=tf.zeros_initializer(), shape=[3])
  of_all, of_core = graph.count_operations()
  assert of_all > 4 and of_core == 1
  tf.reduce_sum(w * x)
  before = graph.count_operations()
  assert before[1] > 1
  with tf.name_scope("training/"):
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.ones([3]), w)])
  after = graph.count_operations()
  assert after[0] > before[0] and after[1] == before[1]


def test_columns_alternate_and_their_medians_are_shown(monkeypatch, capsys):
  seconds = {"stock": iter([9.0, 4.0, 5.0]), "tuned": iter([2.0] * 6)}
  asked = []

  def measure(module, flag, model, settings, *rest):
    asked.append((model, settings))
    assert (module, flag, rest) == (
      "benchmarks.graph",
      "--measure",
      ("--hparams_set", "af1_tiny"),
    )
    value = next(seconds[settings])
    return {key: value for _, key in graph._ROWS}

  monkeypatch.setattr(graph.process, "measure", measure)
  monkeypatch.setattr(graph, "count_decoding", lambda name, n: 100 + n)
  assert graph.main(["--repeats=3", "--hparams_set=af1_tiny"]) == 0
  assert (
    asked
    == [
      ("next_frame_glow", "stock"),
      ("next_frame_glow", "tuned"),
      ("video_flow", "tuned"),
    ]
    * 3
  )
  lines = capsys.readouterr().out.splitlines()
  (row,) = [line for line in lines if line.startswith("later step, s")]
  assert row.split()[-5:] == ["5", "2", "0.400", "2", "0.400"]
  assert lines[-1].split()[-2:] == ["110", "130"]


def test_counts_are_compared_in_records_of_their_own(monkeypatch, tmp_path):
  numbers = iter([100.0, 100.0, 25.0])
  monkeypatch.setattr(
    graph.process,
    "measure",
    lambda *unused: dict.fromkeys([k for _, k in graph._ROWS], next(numbers)),
  )
  monkeypatch.setattr(graph, "count_decoding", lambda name, n: 50)
  path = str(tmp_path / "x.jsonl")
  graph.main(["--repeats=1", f"--json={path}"])
  first, *compared = json_lines.read(path)
  assert first["training_graph_medians"]["stock"]["step"] == 100.0
  assert [record["ratio"] for record in compared] == [4.0, 4.0, 1.0]
  assert {record["unit"] for record in compared} == {"operations"}
