"""The GPUs that doctor looks at: seen, hidden, or without compiled code."""

import subprocess
import types

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.bin import finding
from t2t_af.bin import gpus
from t2t_af.bin.gpus import Capability

# As TensorFlow 2.15.1's own build says.
_BUILD = ["sm_50", "sm_60", "sm_70", "sm_75", "compute_80"]


def _finding():
  (one,) = gpus.findings()
  return one


def test_doctor_names_the_cure_of_a_hidden_gpu(monkeypatch):
  monkeypatch.setattr(gpus, "_nvidia_smi", lambda: "NVIDIA X, 525")
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: [])
  monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
  assert _finding().cure == "unset CUDA_VISIBLE_DEVICES"
  monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
  assert "make setup" in _finding().cure


def test_gpus_that_are_seen_are_named(monkeypatch):
  device = types.SimpleNamespace(name="gpu:0")
  monkeypatch.setattr(
    "tensorflow.config.list_physical_devices", lambda *_: [device]
  )
  monkeypatch.setattr(
    "tensorflow.config.experimental.get_device_details",
    lambda d: {"device_name": "X100"},
  )
  assert _finding() == finding.Finding("GPU", "1 seen: X100")


def test_a_machine_without_a_gpu_needs_no_cure(monkeypatch):
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: [])
  monkeypatch.setattr(gpus, "_nvidia_smi", lambda: "")
  assert _finding().cure is None


def test_the_driver_is_asked_and_may_be_absent(monkeypatch):
  def answers(*args, **kwargs):
    return types.SimpleNamespace(stdout="X100, 525\nX100, 525\n")

  monkeypatch.setattr(subprocess, "run", answers)
  assert gpus._nvidia_smi() == "X100, 525; X100, 525"

  def absent(*args, **kwargs):
    raise FileNotFoundError("nvidia-smi")

  monkeypatch.setattr(subprocess, "run", absent)
  assert gpus._nvidia_smi() == ""


@pytest.mark.parametrize(
  "capability, compiled",
  [
    ((5, 0), True),
    ((6, 1), True),
    ((7, 2), True),  # the code of 7.0
    ((8, 0), False),
    ((8, 6), False),
    ((9, 0), False),
    ((10, 0), False),
    ((3, 5), False),
  ],
)
def test_code_is_compiled_for_one_major_capability(capability, compiled):
  assert gpus.has_compiled_code(Capability(*capability), _BUILD) == compiled


def test_capabilities_of_two_digits_are_read():
  assert gpus.has_compiled_code(Capability(12, 1), ["sm_120"])
  assert not gpus.has_compiled_code(Capability(1, 2), ["sm_120"])


@pytest.fixture(name="h100s")
def _h100s(monkeypatch):
  devices = [types.SimpleNamespace(name=f"gpu:{i}") for i in range(2)]
  details = {"device_name": "H100", "compute_capability": (9, 0)}
  monkeypatch.setattr(
    "tensorflow.config.list_physical_devices", lambda *_: devices
  )
  monkeypatch.setattr(
    "tensorflow.config.experimental.get_device_details", lambda d: details
  )
  monkeypatch.setattr(
    "tensorflow.sysconfig.get_build_info",
    lambda: {"cuda_compute_capabilities": _BUILD},
  )
  for name in ("PATH", "MAXSIZE", "DISABLE"):
    monkeypatch.delenv(f"CUDA_CACHE_{name}", raising=False)


def test_what_a_first_start_costs_is_said_once_of_a_kind(h100s, monkeypatch):
  monkeypatch.setenv("CUDA_CACHE_PATH", "/my/kernels")
  _, first_start = gpus.findings()
  assert "no compiled code for H100 (capability 9.0)" in first_start.found
  assert "/my/kernels" in first_start.found and "1 GiB" in first_start.found
  assert first_start.cure is None


@pytest.mark.parametrize(
  "name, value", [("CUDA_CACHE_DISABLE", "1"), ("CUDA_CACHE_MAXSIZE", "1000")]
)
def test_kernels_that_are_not_kept_have_a_cure(h100s, monkeypatch, name, value):
  monkeypatch.setenv(name, value)
  _, first_start = gpus.findings()
  assert "CUDA_CACHE_MAXSIZE=" in first_start.cure
