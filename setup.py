"""Installs t2t_af, problems, hparams and the commands."""

import pathlib
import re

import setuptools

_HERE = pathlib.Path(__file__).parent

# What the code imports by name, in the versions of requirements.txt. Not
# tensor2tensor: what it says that it needs contradicts what it runs with, so
# `t2t-af install` adds it, without a resolver.
_IMPORTED = (
  "tensorflow",
  "tensorflow-probability",
  "numpy",
  "pillow",
  "tqdm",
  "shtab",
  "scikit-learn",
  "scipy",
  "google-crc32c",
  "matplotlib",
  "Jinja2",
  "pandas",
  "pyarrow",
  "av",
)

# Apache Beam 2.69.0, the last for Python 3.9, asks for pyarrow before 19. What
# is read with it, parquet, is read alike.
_RANGES = {"pyarrow": ">=18.1,<=21.0.0"}

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


def _listed(name):
  return re.findall(r"^[\w-]+==\S+$", _read(name), re.MULTILINE)


def _version():
  """As text: importing t2t_af would load TensorFlow."""
  return re.search(r'__version__ = "(.+)"', _read("t2t_af/version.py")).group(1)


def _pins():
  text = _read("requirements.txt")
  pins = dict(re.findall(r"^([\w-]+)(==\S+)$", text, re.MULTILINE))
  return [name + {**pins, **_RANGES}[name] for name in _IMPORTED]


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
  package_data={
    "t2t_af": [
      "py.typed",
      "*.txt",
      "**/*.json",
      "**/*.html",
      "**/*.j2",
      "**/*.css",
      "**/*.js",
      "trained/*/*",  # named models
    ],
    "problems": ["splits/*.json"],
  },
  install_requires=_pins(),
  extras_require={
    "perceptual": _PERCEPTUAL,
    "pytorch": ["torch==2.8.0"],  # `t2t-af bench pytorch`
    "compress": ["constriction==0.4.2"],  # a range coder
    "beam": ["apache-beam==2.69.0"],  # `t2t-datagen --beam`
    "gpu": _listed("requirements-gpu.txt"),
  },
  entry_points={
    "console_scripts": [
      "t2t-datagen = t2t_af.bin.front:datagen",
      "t2t-trainer = t2t_af.bin.front:trainer",
      "t2t-eval = t2t_af.bin.front:evaluate",
      "t2t-decoder = t2t_af.bin.front:decoder",
      "t2t-af = t2t_af.bin.main:main",
    ]
  },
)
