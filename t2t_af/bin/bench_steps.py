"""The runs of benches that `bench all` is made of, in their order."""

from typing import NamedTuple, Optional


class Step(NamedTuple):
  """One run of a bench.

  Attributes:
    minutes: about what it takes on two cores.
    argv: what follows `t2t-af bench`.
    quick: the same at the smallest size; None: left out of a quick run.
    has_rounds: whether it takes --rounds.
    has_data: whether it takes --data_dir.
    needs: a package that is no part of the project.
  """

  minutes: float
  argv: str
  quick: Optional[str] = None
  has_rounds: bool = True
  has_data: bool = False
  needs: str = ""


# What matters most comes first.
STEPS = {
  "startup_answers": Step(1, "startup --sizes=answers", ""),
  "startup_tiny": Step(6, "startup --sizes=tiny", ""),
  "step_tiny": Step(5, "step --sizes=tiny", ""),
  "step_middle": Step(6, "step --sizes=middle"),
  "step_paper": Step(12, "step --sizes=paper"),
  "startup_paper": Step(15, "startup --sizes=paper"),
  "sampling": Step(5, "sampling", "--frames=2 --num_samples=4"),
  "pytorch_slvm": Step(2, "pytorch --models=slvm", needs="torch"),
  "pytorch_af1": Step(
    4,
    "pytorch --models=af1",
    "--steps=1 --batch_size=1 --frames=5",
    needs="torch",
  ),
  "pytorch_slvm_af1": Step(4, "pytorch --models=slvm_af1", needs="torch"),
  "pytorch_af2": Step(4, "pytorch --models=af2", needs="torch"),
  "growth": Step(8, "growth", "--parts=transforms --steps=1", has_rounds=False),
  "flow": Step(10, "flow", "--hparams_sets=af1_tiny"),
  "memory": Step(8, "step --depths=2,4,8,16,24 --rounds=1", has_rounds=False),
  "graph": Step(
    4, "graph --repeats=1", "--hparams_set=video_flow_tiny", has_rounds=False
  ),
  "generation": Step(1, "generation", "--videos_per_file=1"),
  "input": Step(2, "input", "--seconds=1", has_data=True),
}
