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
