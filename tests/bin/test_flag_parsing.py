"""What is said of a misspelt flag, and the two forms of --hp_NAME."""

from absl import flags
import pytest

from t2t_af import errors
from t2t_af.bin import flag_parsing


def _flags(*names):
  values = flags.FlagValues()
  for name in names:
    flags.DEFINE_string(name, None, "", flag_values=values)
  return values


@pytest.mark.parametrize(
  "arguments, told",
  [
    (
      ["--train_step=3"],
      'unknown flag "train_step". Did you mean "train_steps"',
    ),
    (["--hparams=a=1", "--nothing"], 'unknown flag "nothing"'),
    (["--hp_depth"], "--hp_depth needs a value"),
    (["train_steps=3"], "neither a flag nor the value of one"),
  ],
)
def test_wrong_flags_are_told(arguments, told):
  values = _flags("train_steps", "hparams")
  with pytest.raises(errors.UserError, match=told):
    flag_parsing.parse(values, ["t2t-trainer", *arguments])


def test_hparam_flags_are_read_in_both_forms():
  values = _flags("train_steps", "hparams")
  flag_parsing.parse(
    values,
    [
      "t2t-trainer",
      "--hparams=depth=1",
      "--hp_width",
      "2",
      "--hp_rates=[1,3]",
      "--train_steps=5",
    ],
  )
  assert values.hparams == "depth=1,width=2,rates=[1,3]"
  assert values.train_steps == "5"


def test_hparam_flags_of_a_command_without_hparams_are_unknown():
  with pytest.raises(errors.UserError, match='unknown flag "hp_depth"'):
    flag_parsing.parse(_flags("problem"), ["t2t-datagen", "--hp_depth=2"])
