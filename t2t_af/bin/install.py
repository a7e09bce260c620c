"""`install`: adds tensor2tensor to what pip has installed.

    t2t-af install [--show]

No resolver can install tensor2tensor beside TensorFlow 2.15: what it says it
needs contradicts what it runs with. So pip installs the rest, and this verb
tensor2tensor and what it imports, in the versions that are known to run
(t2t_af/tensor2tensor.txt), into the Python that t2t-af belongs to. Training,
evaluation, sampling and data need it; tables, figures, reports and the flows
of t2t_af.bijectors do not.

--show prints the commands that pip is called with instead.
"""

from importlib import metadata
import importlib.util
import pathlib
import re
import shlex
import subprocess
import sys

from t2t_af.bin import arguments
from t2t_af.errors import UserError

LIST = pathlib.Path(__file__).parents[1] / "tensor2tensor.txt"


def main(argv: list[str]) -> int:
  """Installs, and puts our commands back; returns the exit code."""
  parser = arguments.parser("install", __doc__)
  parser.add_argument("--show", action="store_true", help="only print commands")
  args = parser.parse_args(argv)
  commands = _pip_commands()
  if args.show:
    print("\n".join(shlex.join(command) for command in commands))
    return 0
  if importlib.util.find_spec("pip") is None:
    raise UserError(
      f"{sys.executable} has no pip. With uv: uv pip install --no-deps "
      f"--python {sys.executable} -r {LIST}; then t2t-af doctor."
    )
  try:
    for command in commands:
      if subprocess.call(command):
        raise UserError(
          "pip could not install tensor2tensor; what it says is above."
        )
  finally:
    put_commands_back(metadata.distribution("t2t_af"))
  print("tensor2tensor is installed; `t2t-af doctor` looks at all of it.")
  return 0


def put_commands_back(distribution: metadata.Distribution) -> None:
  """Writes our commands over those of tensor2tensor, which do not run.

  Both packages bring a `t2t-trainer`, `t2t-datagen` and so on; the one that
  is installed last has its own. `t2t-af` is ours alone, and what pip wrote
  into it is right for this Python but for the function that it calls.

  Args:
    distribution: ours.
  """
  points = {
    point.name: point.value.split(":")
    for point in distribution.entry_points
    if point.group == "console_scripts"
  }
  module, function = points.pop("t2t-af")
  ours = next(
    pathlib.Path(distribution.locate_file(path)).resolve()
    for path in distribution.files or ()
    if path.name == "t2t-af"
  )
  text = ours.read_text(encoding="utf-8")
  imports = re.compile(rf"from {re.escape(module)} import {function}\b")
  if not imports.search(text):
    raise UserError(
      f"{ours} is not as pip writes it; install t2t_af anew, last of all."
    )
  for name, (module, called) in points.items():
    line = f"from {module} import {called} as {function}"
    (ours.parent / name).write_text(imports.sub(line, text), encoding="utf-8")
    (ours.parent / name).chmod(ours.stat().st_mode)


def _pip_commands() -> list[list[str]]:
  pip = [sys.executable, "-m", "pip", "install", "--no-deps"]
  # The setup scripts of gym and promise are older than isolated builds.
  tools = re.findall(r"^((?:setuptools|wheel)==\S+)$", LIST.read_text(), re.M)
  return [[*pip, *tools], [*pip, "--no-build-isolation", "-r", str(LIST)]]
