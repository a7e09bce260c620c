"""What deploy/ starts: every worker gets the TF_CONFIG that is its own."""

import os
import pathlib
import subprocess

import pytest

from t2t_af import tf_config

_DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
_TRAINER = 'echo "$TF_CONFIG"; echo "$@" >&2'


def _program(folder, name, script):
  path = folder / name
  path.write_text(f"#!/bin/bash\n{script}\n")
  path.chmod(0o755)


def _run(command, folder, **variables):
  env = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", **variables)
  return subprocess.run(
    command, env=env, capture_output=True, text=True, check=True
  )


def test_slurm_starts_a_worker_on_each_node(tmp_path):
  _program(tmp_path, "t2t-trainer", _TRAINER)
  _program(tmp_path, "scontrol", '[ "$3" = "n[1-2]" ] && printf "n1\\nn2\\n"')
  # What srun does, on one machine: the command once for each task.
  _program(
    tmp_path,
    "srun",
    '[ "$1" = --kill-on-bad-exit=1 ] && shift\n'
    'for i in 0 1; do SLURM_PROCID=$i "$@"; done',
  )
  ran = _run(
    ["bash", str(_DEPLOY / "slurm.sh"), "--model=a b"],
    tmp_path,
    SLURM_JOB_NODELIST="n[1-2]",
  )
  assert [tf_config.parse(line) for line in ran.stdout.splitlines()] == [
    (("n1:2222", "n2:2222"), 0),
    (("n1:2222", "n2:2222"), 1),
  ]
  assert ran.stderr.splitlines() == ["--model=a b"] * 2


def test_kubernetes_starts_workers_that_find_each_other(tmp_path):
  yaml = pytest.importorskip("yaml")
  text = (_DEPLOY / "kubernetes.yaml").read_text()
  service, job = yaml.safe_load_all(text)
  spec = job["spec"]
  pod = spec["template"]["spec"]
  (container,) = pod["containers"]
  count, port = spec["completions"], container["ports"][0]["containerPort"]
  # Only an Indexed Job's pods are named by index; the service gives the domain.
  assert spec["completionMode"] == "Indexed" and spec["parallelism"] == count
  name, domain = job["metadata"]["name"], service["metadata"]["name"]
  assert service["spec"]["clusterIP"] == "None" and pod["subdomain"] == domain
  assert service["spec"]["selector"] == {"job-name": name}
  named = tuple(f"{name}-{i}.{domain}:{port}" for i in range(count))

  _program(tmp_path, "t2t-trainer", _TRAINER)
  for index in range(count):
    ran = _run(
      [*container["command"], *container["args"]],
      tmp_path,
      JOB_COMPLETION_INDEX=str(index),
      **{one["name"]: one["value"] for one in container["env"]},
    )
    assert tf_config.parse(ran.stdout) == (named, index)
