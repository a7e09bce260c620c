"""What models, problems and optimizers declare to read is what they read."""

import pytest
from tensor2tensor.utils import hparams_lib
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from hparams import base
from t2t_af import effect
from t2t_af.models import initialization
from t2t_af.models import optimization
from t2t_af.models import optimization_reads
from t2t_af.models import requirements
from t2t_af.models import requirements_video_flow
from tests.fixtures import recorded_hparams
from tests.fixtures import small_data

_PROBLEMS = {
  effect.VIDEO: "video_moving_digits32",
  effect.SERIES: "series_particle",
}
_MODES = tf.estimator.ModeKeys
_SHALLOW = "depth=1,n_levels=2,latent_encoder_depth=1"
# Each rule with a condition holds in one of these, and not in another.
_CASES = [
  ("autoregressive_flow", "af1_tiny", effect.VIDEO, ""),
  ("autoregressive_flow", "af1_series_tiny", effect.SERIES, ""),
  (
    "autoregressive_flow",
    "af1_series_tiny",
    effect.SERIES,
    "flow_conditioner=dilated,first_steps=initial,train_fraction=0.5,"
    "flow_transform=spline",
  ),
  ("slvm", "slvm_tiny", effect.VIDEO, ""),
  ("slvm", "slvm_dx_series_tiny", effect.SERIES, "kl_warmup_steps=5"),
  (
    "slvm",
    "slvm_series_tiny",
    effect.SERIES,
    "latent_flow=affine_af,num_importance_samples=2",
  ),
  ("slvm", "slvm_af1_tiny", effect.VIDEO, "flow_conditioner=dilated"),
  ("video_flow", "video_flow_tiny", effect.VIDEO, _SHALLOW),
  (
    "video_flow",
    "video_flow_af_tiny",
    effect.VIDEO,
    _SHALLOW + ",latent_apply_dilations=True,num_train_frames=-1",
  ),
]


@pytest.fixture(name="data", scope="module")
def _data(tmp_path_factory):
  folder = tmp_path_factory.mktemp("data")
  return small_data.generate(
    str(folder), _PROBLEMS.values(), train=4, dev=2, test=2
  )


def _hparams(hparams_set, kind, overrides, data):
  """As an experiment has them; and the names that a person can give."""
  hparams = base.shrink(trainer_lib.create_hparams(hparams_set))
  hparams.parse(overrides)
  names = set(hparams.values())
  for name, value in dict(
    data_dir=data, model_dir=data, warm_start_from=None, train_steps=9
  ).items():
    hparams.add_hparam(name, value)
  hparams_lib.add_problem_hparams(hparams, _PROBLEMS[kind])
  return hparams, names


def _unused(*args, **kwargs):
  raise AssertionError("initializer and initializer_gain have an effect")


def _build(model_cls, hparams, mode):
  """The graph of a mode: what is read of the data, and the model."""
  with (
    tf.Graph().as_default(),
    # tensor2tensor's hparams of the initializer, read outside the model, are
    # those of variables that have none of their own.
    tf.variable_scope(tf.get_variable_scope(), initializer=_unused),
  ):
    input_fn = hparams.problem.make_estimator_input_fn(mode, hparams)
    dataset = input_fn(params=None, config=None)
    features = tf.data.make_one_shot_iterator(dataset).get_next()
    model = model_cls(hparams, mode)
    if mode == _MODES.PREDICT:
      model.infer(features)
    else:
      model(features[0])


@pytest.mark.parametrize("model, hparams_set, kind, overrides", _CASES)
def test_models_and_problems_read_what_they_declare(
  data, model, hparams_set, kind, overrides
):
  hparams, names = _hparams(hparams_set, kind, overrides, data)
  model_cls = registry.model(model)

  def counts(path, function, name):
    if name == "train_fraction_seed" and hparams.train_fraction == 1.0:
      return False  # It is checked, and orders what is taken as a whole.
    return recorded_hparams.by_us(path, function, name)

  with recorded_hparams.reads(counts) as read:
    for mode in (_MODES.TRAIN, _MODES.EVAL, _MODES.PREDICT):
      _build(model_cls, hparams, mode)
  of_training = set(optimization_reads.READS)
  rules = [r for r in model_cls.reads if r not in of_training]
  declared = effect.names_read((*rules, *hparams.problem.reads), hparams, kind)
  # What is read before the first step, below, or only to be refused.
  declared -= {"init_batch_size", *requirements_video_flow.FIXED}
  assert read & names == declared


def test_each_condition_holds_in_one_case_and_not_in_another(data):
  seen = {}
  for model, hparams_set, kind, overrides in _CASES:
    hparams, _ = _hparams(hparams_set, kind, overrides, data)
    for rule in (*registry.model(model).reads, *hparams.problem.reads):
      if rule not in optimization_reads.READS:
        for condition in rule.conditions:
          holds = condition.holds(hparams, kind)
          seen.setdefault(condition.words, set()).add(holds)
  assert seen == dict.fromkeys(seen, {True, False})


def test_initialisation_reads_the_size_of_its_batch(data):
  hparams, _ = _hparams("video_flow_tiny", effect.VIDEO, _SHALLOW, data)
  model_cls = registry.model("video_flow")
  with recorded_hparams.reads(recorded_hparams.by_us) as read:
    initialization.initialize(model_cls, hparams, hparams.problem, seed=0)
  assert "init_batch_size" in read


def _of_tensor2tensor(path, function, name):
  """Reads by optimizers and schedules, but for those that are only logged."""
  if recorded_hparams.by_us(path, function, name):
    return True
  if path.name == "learning_rate.py":
    logged = function == "learning_rate_schedule" and name.endswith("_steps")
    # Divides a step that only "multistep_adam" counts in parts.
    return not logged and name != "optimizer_multistep_accumulate_steps"
  if name == "weight_dtype":
    return False  # Nothing but bfloat16, which no model of ours is in.
  if path.name == "optimize.py":
    return function not in ("__init__", "_mixed_precision_is_enabled")
  return path.name == "adafactor.py"


def _check_training_step(overrides):
  hparams = trainer_lib.create_hparams("af1_series_tiny", overrides)
  names = set(hparams.values())
  hparams.add_hparam("train_steps", 9)
  with (
    tf.Graph().as_default(),
    recorded_hparams.reads(_of_tensor2tensor) as read,
  ):
    weight = tf.get_variable("w", initializer=[1.0, 2.0])
    optimization.train_op(tf.reduce_sum(tf.square(weight)), hparams)
  assert read & names == effect.names_read(
    optimization_reads.READS, hparams, effect.SERIES
  )


@pytest.mark.parametrize(
  "optimizer",
  [*requirements.optimizers(), "adafactor,optimizer_adafactor_decay_type=adam"],
)
def test_optimizers_read_what_is_declared(optimizer):
  _check_training_step(
    f"optimizer={optimizer},optimizer_multistep_accumulate_steps=2"
  )


@pytest.mark.parametrize(
  "schedule",
  [
    "constant",
    "constant*linear_warmup*linear_decay",
    "cosdecay",
    "single_cycle_cos_decay",
    "multi_cycle_cos_decay",
    "rsqrt_decay",
    "rsqrt_normalized_decay",
    "exp_decay",
    "constant * rsqrt_hidden_size",
  ],
)
def test_schedules_read_what_is_declared(schedule):
  _check_training_step(
    f"learning_rate_schedule={schedule},learning_rate_warmup_steps=4"
  )


@pytest.mark.parametrize("scheme", ["noam", "none", "exp", "cosine", "sqrt"])
def test_legacy_schedules_read_what_is_declared(scheme):
  _check_training_step(
    f"learning_rate_schedule=legacy,learning_rate_decay_scheme={scheme}"
  )
