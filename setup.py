"""Installs t2t_af, problems, hparams and the commands."""

import pathlib
import re

import setuptools

_HERE = pathlib.Path(__file__).parent

# Only what the code imports by name. No version of TensorFlow's neighbours is
# left to a resolver: requirements.txt pins all, and is installed first.
_IMPORTED = (
  "tensor2tensor",
  "tensorflow",
  "tensorflow-probability",
  "numpy",
  "pillow",
  "tqdm",
  "scikit-learn",
  "scipy",
  "google-crc32c",
)

# LPIPS and FVD (`t2t-af perceptual`); `t2t-af doctor` names the command that
# installs them. torch 2.8.0: the last for Python 3.9, and 2.13 asks for a
# setuptools that may be without the pkg_resources that gym imports.
_PERCEPTUAL = [
  "lpips==0.1.4",
  "cd-fvd==0.1.1",
  "torch==2.8.0",
  "torchvision==0.23.0",
]


def _read(name):
  return (_HERE / name).read_text(encoding="utf-8")


def _version():
  """As text: importing t2t_af would load TensorFlow."""
  return re.search(r'__version__ = "(.+)"', _read("t2t_af/version.py")).group(1)


def _pins():
  text = _read("requirements.txt")
  pins = dict(re.findall(r"^([\w-]+)(==\S+)$", text, re.MULTILINE))
  # tensor2tensor's own metadata contradicts tensorflow-probability's pin, so
  # a resolver that reads this list says so instead of upgrading TensorFlow.
  return [name + pins[name] for name in _IMPORTED]


setuptools.setup(
  name="t2t_af",
  version=_version(),
  description="Autoregressive flows for sequential latent variable models, "
  "on tensor2tensor",
  long_description=_read("README.md"),
  long_description_content_type="text/markdown",
  author="t2t_af authors",
  license="Apache-2.0",
  license_files=["LICENSE"],
  keywords=[
    "autoregressive flows",
    "normalizing flows",
    "sequential latent variable models",
    "video prediction",
    "VideoFlow",
    "tensor2tensor",
  ],
  classifiers=[
    "Development Status :: 4 - Beta",
    "Intended Audience :: Science/Research",
    "License :: OSI Approved :: Apache Software License",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3.9",
    "Programming Language :: Python :: 3.10",
    "Programming Language :: Python :: 3.11",
    "Topic :: Scientific/Engineering :: Artificial Intelligence",
    "Typing :: Typed",
  ],
  python_requires=">=3.9,<3.12",
  packages=setuptools.find_packages(
    include=["t2t_af*", "problems*", "hparams*", "benchmarks*"]
  ),
  py_modules=["t2t_af_light"],
  package_data={
    "t2t_af": ["py.typed", "**/*.json", "**/*.html", "**/*.css", "**/*.js"],
    "problems": ["splits/*.json"],
  },
  install_requires=_pins(),
  extras_require={"perceptual": _PERCEPTUAL},
  entry_points={
    "console_scripts": [
      "t2t-datagen = t2t_af_light:datagen",
      "t2t-trainer = t2t_af_light:trainer",
      "t2t-eval = t2t_af_light:evaluate",
      "t2t-decoder = t2t_af_light:decoder",
      "t2t-af = t2t_af_light:main",
    ]
  },
)
