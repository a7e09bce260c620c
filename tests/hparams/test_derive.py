"""`base.derive` and `base.shrink`: small differences, and no typos."""

import pytest
from tensor2tensor.layers import common_hparams
from tensor2tensor.utils import registry

from hparams import base
from hparams import data_space
from t2t_af import errors


def test_derive_changes_and_adds_and_leaves_the_parent():
  parent = common_hparams.basic_params1
  child = base.derive(parent, new=dict(my_new=1), batch_size=7)
  assert (child.my_new, child.batch_size) == (1, 7)
  assert parent().batch_size != 7 and "my_new" not in parent().values()


def test_derive_without_overrides_is_the_parent():
  parent = common_hparams.basic_params1
  assert base.derive(parent).values() == parent().values()


def test_derive_refuses_a_typo_and_names_what_was_meant():
  with pytest.raises(errors.UserError, match='Did you mean "batch_size"'):
    base.derive(common_hparams.basic_params1, batchsize=7)


def test_derive_refuses_to_add_what_exists():
  with pytest.raises(errors.UserError, match='"batch_size" exists already'):
    base.derive(common_hparams.basic_params1, new=dict(batch_size=7))


def test_derive_refuses_a_value_of_another_type():
  with pytest.raises(ValueError, match="learning_rate_constant"):
    base.derive(data_space.data_space_base, learning_rate_constant="slow")


def test_training_part_sees_everything_unless_a_share_is_asked_for():
  assert set(base.of_every_model()) == {
    "train_fraction",
    "train_fraction_seed",
    "log_scale_clip",
    "precision",
    "jit_compile",
    "nonfinite_updates",
    "eval_noise_draws",
  }


@pytest.mark.parametrize("name", ["video_flow_bair", "slvm_af2_bair"])
def test_shrink_keeps_the_model_and_cuts_its_size(name):
  hparams, small = registry.hparams(name), base.shrink(registry.hparams(name))
  changed = {
    key
    for key, value in hparams.values().items()
    if small.values()[key] != value
  }
  assert changed <= set(base._SMALL) | {"learning_rate_schedule"}
  assert all(small.values()[key] < hparams.values()[key] for key in changed)


def test_shrink_adds_nothing_that_the_model_does_not_have():
  assert "latent_size" not in base.shrink(registry.hparams("af1_kth")).values()


def test_shrink_needs_no_number_of_training_steps():
  """`linear_decay` asks the experiment for it."""
  assert "decay" in registry.hparams("af1_tiny").learning_rate_schedule
  small = base.shrink(registry.hparams("af1_tiny"))
  assert small.learning_rate_schedule == "constant"
