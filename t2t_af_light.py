"""Import this before t2t_af to use it without TensorFlow.

A package's `__init__` cannot know which of its modules was asked for, and
that of t2t_af registers models, which loads TensorFlow. Once this module is
imported, `import t2t_af` loads nothing; `t2t_af.register()` does it later.

    import t2t_af_light
    from t2t_af.analysis.report import comparison_page
"""

import sys


def main() -> int:
  """The command `t2t-af`: light until a verb needs TensorFlow."""
  from t2t_af.bin import main as command

  return command.main(sys.argv[1:])


def datagen() -> int:
  """The command `t2t-datagen`: light until its flags are right."""
  return _stock("t2t_datagen")


def trainer() -> int:
  """The command `t2t-trainer`: light until its flags are right."""
  return _stock("t2t_trainer")


def evaluate() -> int:
  """The command `t2t-eval`: light until its flags are right."""
  return _stock("t2t_eval")


def decoder() -> int:
  """The command `t2t-decoder`: light until its flags are right."""
  return _stock("t2t_decoder")


def _stock(command: str) -> int:
  from t2t_af.bin import front

  return front.run(command, sys.argv)
