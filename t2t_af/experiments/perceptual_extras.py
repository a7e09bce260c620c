"""What LPIPS and FVD need beyond set-up: packages, and files of weights.

Nothing here downloads or imports any of it: what is absent is named, with the
command or the address that it comes from.
"""

from collections.abc import Iterable
import hashlib
import importlib.util
import os
import sys
from typing import NamedTuple, Optional

from t2t_af import errors

# Import name -> what pip installs; setup.py's extra "perceptual" says why.
REQUIREMENTS = {
  "lpips": "lpips==0.1.4",
  "cdfvd": "cd-fvd==0.1.1",
  "torch": "torch==2.8.0",
  "torchvision": "torchvision==0.23.0",
}


class Network(NamedTuple):
  """A network that a metric looks through.

  Attributes:
    metric: what it is for.
    packages: import names.
    file: of the weights.
    address: where the file comes from.
    sha256: how the file's begins; empty where nobody published it.
  """

  metric: str
  packages: tuple
  file: str
  address: str
  sha256: str


def _backbone(file: str, sha256: str) -> Network:
  """Of torchvision, whose file names end in what their sha256 begins with."""
  return Network(
    "LPIPS",
    ("lpips", "torch", "torchvision"),
    file,
    f"https://download.pytorch.org/models/{file}",
    sha256,
  )


NETWORKS = {
  "alex": _backbone("alexnet-owt-7be5be79.pth", "7be5be79"),
  "vgg": _backbone("vgg16-397923af.pth", "397923af"),
  "i3d": Network(
    "FVD",
    ("cdfvd", "torch", "torchvision"),
    "i3d_pretrained_400.pt",
    "https://github.com/songweige/TATS/raw/main/tats/fvd/i3d_pretrained_400.pt",
    "",
  ),
}


class Weights(NamedTuple):
  path: str
  sha256: str


def find(name: str, weights_dir: Optional[str] = None) -> Weights:
  """The weights of a network that lacks nothing.

  Args:
    name: of NETWORKS.
    weights_dir: where to look; None: where torch and cd-fvd keep theirs.

  Raises:
    UserError: if the file is not what its address holds.
  """
  network, path = NETWORKS[name], _path(name, weights_dir)
  digest = _sha256(path)
  if not digest.startswith(network.sha256):
    raise errors.UserError(
      f"{path} is damaged or not complete (its sha256 does not begin with "
      f"{network.sha256}): get it again from {network.address}"
    )
  return Weights(path, digest)


def absent(names: Iterable[str], weights_dir: Optional[str] = None) -> str:
  """One line on what networks lack here; empty where they lack nothing."""
  lacking = [
    name for name in names if _packages(name) or not _path(name, weights_dir)
  ]
  packages = dict.fromkeys(p for name in lacking for p in _packages(name))
  files = [
    f"{NETWORKS[name].file} from {NETWORKS[name].address} into "
    f"{_folders(name, weights_dir)[0]}"
    for name in lacking
    if not _path(name, weights_dir)
  ]
  parts = []
  if packages:
    parts.append(
      f"packages (get them: {sys.executable} -m pip install "
      f"{' '.join(REQUIREMENTS[p] for p in packages)}; "
      # 0.2 GB in place of 6, and no second cuDNN over TensorFlow's on a GPU.
      "of PyTorch best the build for the CPU)"
    )
  if files:
    parts.append(f"weights (get them: {', '.join(files)})")
  metrics = " and ".join(
    dict.fromkeys(NETWORKS[name].metric for name in lacking)
  )
  return f"missing for {metrics}: {', '.join(parts)}" if parts else ""


def _packages(name: str) -> list[str]:
  """Import names of those that are not installed."""
  return [
    package
    for package in NETWORKS[name].packages
    if not importlib.util.find_spec(package)
  ]


def _path(name: str, weights_dir: Optional[str]) -> Optional[str]:
  """Of the weights, None where there are none."""
  paths = [
    os.path.join(folder, NETWORKS[name].file)
    for folder in _folders(name, weights_dir)
  ]
  return next(filter(os.path.isfile, paths), None)


def _folders(name: str, weights_dir: Optional[str]) -> list[str]:
  """Where weights may lie, the folder that we name to people first."""
  if weights_dir:
    return [os.path.abspath(os.path.expanduser(weights_dir))]
  # As torch.hub.get_dir() says, which only an installed torch could be asked.
  cache = os.environ.get("XDG_CACHE_HOME", os.path.join("~", ".cache"))
  home = os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))
  folders = [os.path.join(os.path.expanduser(home), "hub", "checkpoints")]
  spec = importlib.util.find_spec("cdfvd") if name == "i3d" else None
  if spec:
    folders += [
      os.path.join(folder, "third_party", "i3d")
      for folder in spec.submodule_search_locations
    ]
  return folders


def _sha256(path: str) -> str:
  digest = hashlib.sha256()
  with open(path, "rb") as stream:
    for block in iter(lambda: stream.read(1 << 20), b""):
      digest.update(block)
  return digest.hexdigest()
