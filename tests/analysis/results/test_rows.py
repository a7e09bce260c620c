"""A run is of a row of its own where its overrides make another model."""

from tensor2tensor.utils import registry

from t2t_af import effect
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import rows
from t2t_af.analysis.results.rows import Row
from tests.analysis import fake_results as fake


def test_what_makes_another_model_is_what_the_models_say():
  of_models = [
    effect.names_of_weights(registry.model(name).reads)
    for name in ("autoregressive_flow", "slvm", "video_flow")
  ]
  assert rows.OF_MODEL == frozenset().union(*of_models)


def test_overrides_of_training_and_of_scoring_make_no_other_model():
  assert rows.changes("batch_size=2,video_num_input_frames=6") == ""
  assert rows.changes(None) == rows.changes("") == ""
  assert rows.changes("precision=mixed,flow_mask=learned,depth=2") == (
    "depth=2,flow_mask=learned"
  )
  both = "latent_dilation_rates=[1,2],batch_size=3"
  assert rows.changes(both) == "latent_dilation_rates=[1,2]"


def test_label_says_what_is_other_and_how_many_samples_a_bound_has():
  assert Row("slvm").label == "SLVM"
  assert Row("slvm", 50).label == "SLVM, bound of 50 samples"
  assert Row("my_set").label == "my_set"
  row = Row("slvm", 50, "latent_flow=affine_af")
  assert row.label == "SLVM, latent_flow=affine_af, bound of 50 samples"


def test_row_of_a_record():
  record = fake.likelihood(
    "slvm_tiny", 2.0, bound=True, num_samples=10, hparams="depth=2,batch_size=1"
  )
  assert rows.of(record) == Row("slvm", 10, "depth=2")
  # Draws of an exact likelihood are no bound.
  assert rows.of(fake.likelihood("my_set", 2.0, num_samples=4)) == Row("my_set")


def test_pictures_of_two_models_of_one_set_are_kept_apart(tmp_path):
  texts = ("", "flow_mask=learned")
  paths = [
    fake.write(
      str(tmp_path / str(i)), [fake.likelihood("af1_tiny", 2.0, hparams=text)]
    )
    for i, text in enumerate(texts)
  ]
  runs = folders.find(paths).runs
  assert [run.label for run in runs] == ["1-AF", "1-AF, flow_mask=learned"]
  assert figure_parts.one_per_model(runs) == runs
  assert len(figure_parts.colors(runs)) == 2
