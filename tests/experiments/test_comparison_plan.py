"""What a comparison is of: what sets must share, labels, and its folder."""

import json

import pytest

from t2t_af import errors
from t2t_af.experiments import comparison_plan

CONFIG = dict(problem="p", hparams="", eval_every=0, seeds=[0])


def test_the_protocol_is_that_of_every_set():
  protocol = comparison_plan.protocol(
    {"af1_tiny": "", "slvm_tiny": "train_fraction=1.0"}
  )
  assert protocol["video_num_target_frames"] == 10
  assert protocol["dequantization"] == "uniform"
  assert protocol["train_fraction"] == 1.0


def test_a_model_without_such_an_hparam_has_its_default():
  """VideoFlow knows no first_steps: it scores none of the first steps."""
  protocol = comparison_plan.protocol({"video_flow_tiny": ""})
  assert protocol["first_steps"] == "skip"
  assert protocol["series_noise"] == 0.0


@pytest.mark.parametrize(
  "overrides, differing",
  [
    (
      {"af1_tiny": "", "af2_tiny": "train_fraction=0.5"},
      "train_fraction is 1.0 in af1_tiny, 0.5 in af2_tiny",
    ),
    (
      {"af1_tiny": "", "af2_tiny": "dequantization=gaussian"},
      "dequantization is uniform in af1_tiny, gaussian in af2_tiny",
    ),
  ],
)
def test_sets_that_score_differently_are_refused(overrides, differing):
  with pytest.raises(errors.UserError, match=differing):
    comparison_plan.protocol(overrides)


def test_a_part_of_the_data_that_is_none_is_refused():
  with pytest.raises(errors.UserError, match="train_fraction"):
    comparison_plan.protocol({"af1_tiny": "train_fraction=1.5"})


def test_sets_of_one_row_keep_their_names():
  assert comparison_plan.labels(["af1_tiny", "af1_kth", "af2_kth"]) == {
    "af1_tiny": "af1_tiny",
    "af1_kth": "af1_kth",
    "af2_kth": "2-AF",
  }


def test_the_longest_row_that_fits_names_a_set():
  assert comparison_plan.labels(
    ["video_flow_tiny", "video_flow_af_tiny", "video_flow_af_matched_bair"]
  ) == {
    "video_flow_tiny": "VideoFlow",
    "video_flow_af_tiny": "VideoFlow + AF",
    "video_flow_af_matched_bair": "VideoFlow + AF, residual, same size",
  }


def test_given_labels_go_before_and_an_unknown_set_keeps_its_name():
  assert comparison_plan.labels(
    ["af1_tiny", "af2_tiny", "mine"], "one|two"
  ) == {"af1_tiny": "one", "af2_tiny": "two", "mine": "mine"}
  assert comparison_plan.labels(["af1_tiny"], "") == {"af1_tiny": "1-AF"}


def _read(folder):
  return json.loads((folder / "compare.json").read_text(encoding="utf-8"))


def test_more_seeds_may_be_added_to_a_folder(tmp_path):
  comparison_plan.write(str(tmp_path / "new"), CONFIG)
  comparison_plan.write(str(tmp_path / "new"), dict(CONFIG, seeds=[0, 1]))
  assert _read(tmp_path / "new")["seeds"] == [0, 1]


@pytest.mark.parametrize(
  "changed, before",
  [
    (dict(problem="q"), "problem=p, not q"),
    (dict(hparams="depth=3"), "hparams=, not depth=3"),
    (dict(eval_every=5), "eval_every=0, not 5"),
  ],
)
def test_another_comparison_is_refused_and_nothing_written(
  tmp_path, changed, before
):
  comparison_plan.write(str(tmp_path), CONFIG)
  with pytest.raises(errors.UserError, match=before):
    comparison_plan.write(str(tmp_path), dict(CONFIG, **changed))
  assert _read(tmp_path) == CONFIG


def test_a_folder_of_before_there_was_early_stopping_goes_on(tmp_path):
  old = {k: v for k, v in CONFIG.items() if k != "eval_every"}
  (tmp_path / "compare.json").write_text(json.dumps(old), encoding="utf-8")
  comparison_plan.write(str(tmp_path), dict(CONFIG, eval_every=7))
  assert _read(tmp_path)["eval_every"] == 7
