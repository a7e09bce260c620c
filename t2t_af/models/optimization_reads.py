"""Which hparams a training step reads: those of its optimizer and schedule."""

from t2t_af import effect

_ADAM = (
  "optimizer_adam_beta1",
  "optimizer_adam_beta2",
  "optimizer_adam_epsilon",
)
_MOMENTUM = "optimizer_momentum_momentum"
_WARMUP = "learning_rate_warmup_steps"
_DECAY = "learning_rate_decay_steps"

# What tensor2tensor.utils.optimize reads for an optimizer.
_OPTIMIZERS = (
  (("adam", "true_adam", "multistep_adam"), _ADAM),
  (("multistep_adam",), ("optimizer_multistep_accumulate_steps",)),
  (("momentum", "yellow_fin"), (_MOMENTUM,)),
  (("momentum",), ("optimizer_momentum_nesterov",)),
  (
    ("adafactor",),
    (
      "optimizer_adafactor_beta1",
      "optimizer_adafactor_clipping_threshold",
      "optimizer_adafactor_decay_type",
      "optimizer_adafactor_factored",
      "optimizer_adafactor_multiply_by_parameter_scale",
    ),
  ),
)
# What tensor2tensor.utils.learning_rate reads for a factor of the schedule.
_FACTORS = (
  (("constant",), ("learning_rate_constant",)),
  (
    (
      "linear_warmup",
      "cosdecay",
      "single_cycle_cos_decay",
      "multi_cycle_cos_decay",
      "rsqrt_decay",
      "rsqrt_normalized_decay",
      "exp_decay",
    ),
    (_WARMUP,),
  ),
  (
    ("linear_decay", "cosdecay", "multi_cycle_cos_decay", "exp_decay"),
    (_DECAY,),
  ),
  (
    ("exp_decay",),
    ("learning_rate_decay_rate", "learning_rate_decay_staircase"),
  ),
  (("rsqrt_hidden_size",), ("hidden_size",)),
  (("legacy",), ("learning_rate", "learning_rate_decay_scheme", _WARMUP)),
)
FACTORS = sorted({factor for factors, _ in _FACTORS for factor in factors})
# And, for "legacy", of the scheme.
_SCHEMES = (
  (("noam",), ("hidden_size",)),
  (
    ("exp",),
    (_DECAY, "learning_rate_decay_rate", "learning_rate_decay_staircase"),
  ),
  (("cosine",), ("learning_rate_cosine_cycle_steps",)),
)
# And, for "adafactor", of the type of decay.
_DECAY_TYPES = (
  ("pow", "optimizer_adafactor_memory_exponent"),
  ("adam", "optimizer_adafactor_beta2"),
)
_ADAFACTOR = effect.equals("optimizer", "adafactor")
_LEGACY = effect.has_part("learning_rate_schedule", "legacy")

READS = (
  effect.Rule(
    (
      "optimizer",
      "learning_rate_schedule",
      "clip_grad_norm",
      "nonfinite_updates",
    )
  ),
  *(
    effect.Rule(names, (effect.equals("optimizer", *optimizers),))
    for optimizers, names in _OPTIMIZERS
  ),
  *(
    effect.Rule(
      (name,),
      (_ADAFACTOR, effect.equals("optimizer_adafactor_decay_type", decay_type)),
    )
    for decay_type, name in _DECAY_TYPES
  ),
  *(
    effect.Rule(names, (effect.has_part("learning_rate_schedule", *factors),))
    for factors, names in _FACTORS
  ),
  *(
    effect.Rule(
      names, (_LEGACY, effect.equals("learning_rate_decay_scheme", *schemes))
    )
    for schemes, names in _SCHEMES
  ),
)
