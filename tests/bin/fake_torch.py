"""Stand-ins for torch, lpips and cd-fvd in sys.modules.

With the signatures of torch 2.8.0, lpips 0.1.4 and cd-fvd 0.1.1. Where the
real ones would download, these fail.
"""

import contextlib
import hashlib
from importlib import metadata
import importlib.machinery
import os
import pathlib
import sys
import types

import numpy as np

from t2t_af.experiments import perceptual_extras

ALEX, I3D = "alexnet-owt-7be5be79.pth", "i3d_pretrained_400.pt"
NAMES = ("torch", "torchvision", "lpips", "cdfvd", "cdfvd.fvd")
VERSIONS = {
  "torch": "2.8.0",
  "torchvision": "0.23.0",
  "lpips": "0.1.4",
  "cd-fvd": "0.1.1",
}
# What a file of a torchvision backbone holds; ours holds the word instead.
TRUNK = {
  "features.0.weight": 1.0,
  "features.3.bias": 2.0,
  "classifier.1.weight": 3.0,
}


def install(monkeypatch) -> dict:
  """Puts all of them in place; returns {name: module}."""
  modules = {name: _module(name) for name in NAMES}
  _fill_torch(modules["torch"])
  modules["lpips"].LPIPS = Lpips
  modules["cdfvd"].fvd = fvd = modules["cdfvd.fvd"]
  fvd.load_i3d_model = _load_i3d_model
  fvd.get_i3d_logits = _get_i3d_logits
  fvd.FeatureStats = FeatureStats
  for name, module in modules.items():
    monkeypatch.setitem(sys.modules, name, module)
  real = metadata.version
  monkeypatch.setattr(
    metadata, "version", lambda name: VERSIONS.get(name) or real(name)
  )
  return modules


def uninstall(monkeypatch) -> None:
  """As if none were installed, on machines that have them too."""
  for name in NAMES:
    monkeypatch.setitem(sys.modules, name, None)


class Tensor:
  """As much of torch.Tensor as we use."""

  def __init__(self, array):
    self.array = array

  def to(self, device):
    assert device == "cpu"
    return self

  def flatten(self):
    return Tensor(self.array.reshape(-1))

  def cpu(self):
    return self

  def numpy(self):
    return self.array


class Lpips:
  """lpips.LPIPS: the mean absolute difference, once its trunk is loaded."""

  made = []

  def __init__(
    self,
    pretrained=True,
    net="alex",
    version="0.1",
    lpips=True,
    spatial=False,
    pnet_rand=False,
    pnet_tune=False,
    use_dropout=True,
    model_path=None,
    eval_mode=True,
    verbose=True,
  ):
    assert pnet_rand, "torchvision would download the trunk"
    assert pretrained and lpips and eval_mode and not spatial and not verbose
    del version, pnet_tune, use_dropout, model_path
    self.net, self.backbone = Trunk(), net
    Lpips.made.append(self)

  def to(self, device):
    assert device == "cpu"
    return self

  def __call__(self, in0, in1, retPerLayer=False, normalize=False):
    assert not retPerLayer and not normalize
    a, b = in0.array, in1.array
    assert a.shape[1] == 3 and a.dtype == np.float32  # [n, 3, height, width]
    assert self.net.loaded == {"slice1.0.weight": 1.0, "slice2.3.bias": 2.0}
    return Tensor(np.abs(a - b).mean(axis=(1, 2, 3))[:, None, None, None])


class Trunk:
  """Its parameters are named by slices."""

  loaded = None

  def state_dict(self):
    return {"slice1.0.weight": 0.0, "slice2.3.bias": 0.0}

  def load_state_dict(self, state_dict):
    assert set(state_dict) == set(self.state_dict())  # strict
    self.loaded = state_dict


class FeatureStats:
  """cdfvd.fvd.FeatureStats."""

  def __init__(self, capture_all=False, capture_mean_cov=False, max_items=None):
    del capture_mean_cov, max_items
    self.capture_all, self.all_features = capture_all, []

  def get_all(self):
    assert self.capture_all
    return np.concatenate(self.all_features, axis=0)


def _module(name):
  module = types.ModuleType(name)
  module.__spec__ = importlib.machinery.ModuleSpec(
    name, None, origin="fake", is_package=True
  )
  return module


def _fill_torch(torch):
  torch.cuda = types.SimpleNamespace(is_available=lambda: False)
  torch.device = str
  torch.no_grad = contextlib.nullcontext
  torch.from_numpy = Tensor
  torch.load = _load


def _load(f, map_location=None, *, weights_only=None):
  assert map_location == "cpu" and weights_only
  with open(f, "rb") as stream:
    if stream.read() != b"trunk":
      raise RuntimeError("PytorchStreamReader failed\nand pages more")
  return TRUNK


def _load_i3d_model(device, ckpt_path=None):
  assert ckpt_path and os.path.exists(ckpt_path), "cd-fvd would download"
  return "i3d on " + device


def _get_i3d_logits(
  stats, i3d, videos, batchsize=16, device="cuda", model_dtype="float32"
):
  """One logit: the mean of the clip."""
  del batchsize, model_dtype
  assert i3d == "i3d on cpu" and device == "cpu"
  assert videos.dtype == np.uint8 and videos.shape[-1] == 3
  stats.all_features.append(videos.mean(axis=(1, 2, 3, 4))[:, None])
  return stats


def install_weights(monkeypatch, tmp_path) -> pathlib.Path:
  """The fakes, and the files that they read where torch keeps them."""
  install(monkeypatch)
  monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
  folder = tmp_path / "torch" / "hub" / "checkpoints"
  folder.mkdir(parents=True)
  for file in (ALEX, I3D):
    (folder / file).write_bytes(b"trunk")
  digest = hashlib.sha256(b"trunk").hexdigest()
  for name in ("alex", "vgg"):
    monkeypatch.setitem(
      perceptual_extras.NETWORKS,
      name,
      perceptual_extras.NETWORKS[name]._replace(sha256=digest[:8]),
    )
  return folder
