"""`t2t-trainer` as one of several workers: how they find each other.

Each starts TensorFlow's server on its port of TF_CONFIG, waits until all
others listen, and tells them what it is about to train. All go on only if that
is the same. Then the chief alone has the run's folder: the others' folder is
one of their own that goes when they end.
"""

import atexit
from collections.abc import Mapping, Sequence
import errno
import json
import os
import shutil
import socket
import sys
import tempfile
from typing import Any
import zlib

from absl import flags
import numpy as np
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af import tf_config
from t2t_af import whole_file
from t2t_af import workers
from t2t_af.bin import checks
from t2t_af.bin import cluster
from t2t_af.errors import UserError
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import together
from t2t_af.models import sequence_model
from t2t_af.records import environment
from t2t_af.records import run_folder

FLAGS = flags.FLAGS

flags.DEFINE_integer(
  "wait_for_workers",
  600,
  "Seconds until a worker of TF_CONFIG that has not come is given up.",
  lower_bound=1,
)

_SCHEDULES = ("train", "continuous_train_and_eval", "train_and_evaluate")
_LARGEST_MESSAGE = 2**15  # bytes, compressed
# That the chief says and the others take over.
_OF_CHIEF = ("seed", "step", "run")


def join(seed: int) -> int:
  """Has this process train with the workers of TF_CONFIG, where there are any.

  Called when all flags are checked, and before anything is written.

  Args:
    seed: of the run; the chief's counts.

  Returns:
    The seed that all have.

  Raises:
    UserError: a worker does not come, or is about to train something else; or
      the port is taken.
  """
  named = cluster.named()
  if len(named.addresses) < 2:
    return seed
  here = workers.Workers(
    named.addresses,
    named.index,
    first_step=max(0, best_checkpoint.step_of(FLAGS.output_dir)),
  )
  workers.join(here._replace(target=_serve(here)))
  sys.stderr.write(
    f"worker {here.index} of {here.count} waits for the others\n"
  )
  absent = together.missing(here, FLAGS.wait_for_workers)
  if absent:
    raise UserError(
      f"{' and '.join(absent)} did not come within {FLAGS.wait_for_workers} s "
      "(--wait_for_workers). Start all workers, each with its own "
      f"{tf_config.VARIABLE}."
    )
  of_all = _told({**_description(), "seed": seed, "step": here.first_step})
  chief = of_all[0]
  _check_same(of_all)
  workers.join(workers.here()._replace(first_step=chief["step"]))
  # What tf.estimator is to know: a session like any other, but for its target.
  os.environ[tf_config.VARIABLE] = json.dumps(
    {"session_master": workers.here().target}
  )
  if not here.is_chief:
    _work_in_a_folder_of_its_own(chief)
  return chief["seed"]


def check_flags() -> None:
  """Raises UserError where several workers cannot do what the flags ask for."""
  if len(cluster.named().addresses) < 2:
    return
  if FLAGS.schedule not in _SCHEDULES:
    raise UserError(
      f"--schedule={FLAGS.schedule}: several workers ({tf_config.VARIABLE}) "
      f"have {', '.join(_SCHEDULES)}"
    )
  if FLAGS.generate_data:
    raise UserError(
      "--generate_data: make the data before several workers "
      f"({tf_config.VARIABLE}) are started, with t2t-datagen"
    )
  if not issubclass(registry.model(FLAGS.model), sequence_model.SequenceModel):
    raise UserError(
      f"--model={FLAGS.model}: several workers ({tf_config.VARIABLE}) train "
      "the models of t2t_af alone"
    )
  checks.sequence_problem(FLAGS.problem)


def _serve(here: workers.Workers) -> str:
  """The target of sessions on this worker's server."""
  address = here.addresses[here.index]
  _check_port(address)
  try:
    server = tf.train.Server(
      tf.train.ClusterSpec({workers.JOB: list(here.addresses)}),
      job_name=workers.JOB,
      task_index=here.index,
      config=_config(here),
    )
  except tf.errors.OpError as error:
    raise UserError(
      f"worker {here.index} cannot listen on {address}: {error.message}"
    ) from error
  return server.target


def _check_port(address: str) -> None:
  port = int(address.rpartition(":")[2])
  with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
    # As TensorFlow: a port is free at once when its process has ended.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
      probe.bind(("", port))
    except OSError as error:
      if error.errno not in (errno.EADDRINUSE, errno.EACCES):
        raise
      raise UserError(
        f"port {port} of {address} cannot be had: "
        f"{(error.strerror or '').lower()}. End what listens there, or name "
        f"another port in the {tf_config.VARIABLE} of all workers."
      ) from error


def _config(here: workers.Workers) -> tf.ConfigProto:
  workers.join(here)
  return session_lib.config()


def _description() -> dict[str, Any]:
  """What this worker is about to train, as JSON."""
  hparams = trainer_lib.create_hparams(
    FLAGS.hparams_set,
    FLAGS.hparams,
    hparams_path=os.path.join(FLAGS.output_dir, "hparams.json"),
  )
  hparams.del_hparam("modality")  # Classes, which JSON has not.
  problem = checks.sequence_problem(FLAGS.problem)
  return {
    "model": FLAGS.model,
    "problem": FLAGS.problem,
    "train_steps": FLAGS.train_steps,
    "worker_gpu": FLAGS.worker_gpu,
    "the data's fingerprint": problem.data_fingerprint(FLAGS.data_dir),
    "hparams": json.loads(hparams.to_json()),
    "versions": environment.versions(),
    "run": run_folder.read(FLAGS.output_dir),
  }


def _told(description: Mapping[str, Any]) -> list[dict[str, Any]]:
  """The descriptions of all workers, from each of them."""
  packed = zlib.compress(json.dumps(description).encode())
  if len(packed) > _LARGEST_MESSAGE:
    raise UserError("the hparams are too large to be told to other workers")
  message = np.zeros([1, _LARGEST_MESSAGE], np.int32)
  message[0, : len(packed)] = np.frombuffer(packed, np.uint8)
  try:
    with (
      tf.Graph().as_default(),
      tf.Session(workers.here().target, config=session_lib.config()) as session,
    ):
      every = session.run(
        workers.gathered(tf.constant(message), FLAGS.wait_for_workers)
      )
  except tf.errors.OpError as error:
    raise UserError(together.lost(workers.here())) from error
  return [
    json.loads(zlib.decompressobj().decompress(row.astype(np.uint8).tobytes()))
    for row in every
  ]


def _check_same(of_all: Sequence[Mapping[str, Any]]) -> None:
  """Raises UserError, on every worker, where one differs from the chief."""
  chief = _flat(of_all[0])
  for index, one in enumerate(of_all[1:], start=1):
    mine = _flat(one)
    differing = [
      f"{name} {mine.get(name)} instead of {chief.get(name)}"
      for name in sorted({*mine, *chief})
      if mine.get(name) != chief.get(name)
    ]
    if differing:
      raise UserError(
        f"worker {index} ({workers.here().addresses[index]}) has other "
        f"settings than the chief: {'; '.join(differing[:5])}. Start all "
        "workers with the same flags, data and versions."
      )


def _flat(description: Mapping[str, Any]) -> dict[str, Any]:
  """{name: value}, of what must be the same."""
  flat = {}
  for name, value in description.items():
    if isinstance(value, dict) and name not in _OF_CHIEF:
      flat.update(value)
    elif name not in _OF_CHIEF:
      flat[name] = value
  return flat


def _work_in_a_folder_of_its_own(chief: Mapping[str, Any]) -> None:
  """Which has what the chief's says of the run; goes with the process."""
  FLAGS.output_dir = tempfile.mkdtemp(prefix="t2t_af_worker_")
  atexit.register(shutil.rmtree, FLAGS.output_dir, ignore_errors=True)
  run_folder.update(FLAGS.output_dir, **chief["run"])
  whole_file.write_json(
    os.path.join(FLAGS.output_dir, "hparams.json"), chief["hparams"]
  )
  FLAGS.schedule = "train"
  FLAGS.worker_id = workers.here().index
