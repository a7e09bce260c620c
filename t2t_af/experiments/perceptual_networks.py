"""The networks of LPIPS and FVD as functions of NumPy arrays.

torch is imported when a network is made. Weights are read from a file that is
there: neither package is ever left to download any.
"""

from collections.abc import Iterator
import contextlib
import importlib
import pickle
from typing import Callable
import warnings

import numpy as np

from t2t_af import errors
from t2t_af.analysis.metrics import lpips as lpips_quality


def make(name: str, path: str) -> Callable:
  """The function of a network of perceptual_extras.NETWORKS."""
  return i3d_features(path) if name == "i3d" else lpips_distance(name, path)


def lpips_distance(backbone: str, path: str) -> lpips_quality.Distance:
  """LPIPS version 0.1.

  Args:
    backbone: "alex" or "vgg".
    path: torchvision's weights of it; those of LPIPS' own layers, a few KiB,
      lie in its package.

  Raises:
    UserError: if a package or the file cannot be read.
  """
  with _reported(path):
    torch, lpips = map(importlib.import_module, ("torch", "lpips"))
    with warnings.catch_warnings():
      warnings.simplefilter("ignore")  # of how lpips calls torchvision
      # pnet_rand: no pretrained weights, which torchvision would download.
      network = lpips.LPIPS(net=backbone, pnet_rand=True, verbose=False)
    kept = torch.load(path, map_location="cpu", weights_only=True)
    # "slice1.0.weight" of lpips is "features.0.weight" of torchvision.
    network.net.load_state_dict(
      {
        name: kept["features." + name.split(".", 1)[1]]
        for name in network.net.state_dict()
      }
    )
    device = _device(torch)
    network = network.to(device)

  def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with torch.no_grad():
      result = network(
        *(
          torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1))).to(
            device
          )
          for x in (a, b)
        )
      )
    return result.flatten().cpu().numpy()

  return distance


def i3d_features(path: str) -> Callable[[np.ndarray], np.ndarray]:
  """Logits of I3D, trained on Kinetics-400, as cd-fvd computes them.

  cd-fvd resizes frames to 224x224, bilinear, and scales values to [-1, 1].

  Args:
    path: of its weights.

  Returns:
    uint8 [n, length, height, width, 3] -> float32 [n, 400].

  Raises:
    UserError: if a package or the file cannot be read.
  """
  with _reported(path):
    torch, fvd = map(importlib.import_module, ("torch", "cdfvd.fvd"))
    device = _device(torch)
    network = fvd.load_i3d_model(torch.device(device), path)

  def features(clips: np.ndarray) -> np.ndarray:
    stats = fvd.FeatureStats(capture_all=True)
    return fvd.get_i3d_logits(stats, network, clips, device=device).get_all()

  return features


def _device(torch) -> str:
  return "cuda" if torch.cuda.is_available() else "cpu"


@contextlib.contextmanager
def _reported(path: str) -> Iterator[None]:
  """What goes wrong in loading, as one line."""
  try:
    yield
  except ImportError as error:
    raise errors.UserError(
      f"a package of LPIPS or FVD cannot be imported: {error}"
    ) from error
  except (
    OSError,
    EOFError,
    KeyError,
    RuntimeError,
    pickle.UnpicklingError,
  ) as error:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    raise errors.UserError(
      f"{path} holds no weights that fit: {first}"
    ) from error
