"""What the package says of itself: version, licence, types, citation."""

import ast
import importlib.util
import pathlib
import re
import sys

import pytest
import setuptools

import t2t_af
from t2t_af import version

_ROOT = pathlib.Path(__file__).parents[1]


def _read(name):
  return (_ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(name="metadata")
def _metadata(monkeypatch):
  """The arguments that setup.py gives to setuptools."""
  given = {}
  monkeypatch.setattr(setuptools, "setup", given.update)
  spec = importlib.util.spec_from_file_location("setup", _ROOT / "setup.py")
  spec.loader.exec_module(importlib.util.module_from_spec(spec))
  return given


def test_there_is_one_version(metadata):
  assert t2t_af.__version__ == version.__version__ == metadata["version"]
  assert f"\nversion: {t2t_af.__version__}\n" in _read("CITATION.cff")
  assert re.search(
    rf"^## {re.escape(t2t_af.__version__)}\b", _read("CHANGELOG.md"), re.M
  )


def test_metadata_is_complete(metadata):
  for key in ("name", "author", "license", "keywords", "description"):
    assert metadata[key]
  assert metadata["long_description"] == _read("README.md")
  assert metadata["long_description_content_type"] == "text/markdown"


def test_metadata_names_the_pythons_that_it_installs_on(metadata):
  assert metadata["python_requires"] == ">=3.9,<3.12"
  named = re.findall(r":: (3\.\d+)$", "\n".join(metadata["classifiers"]), re.M)
  assert named == ["3.9", "3.10", "3.11"]


def test_only_what_the_code_imports_is_required_in_its_pinned_version(metadata):
  pins = re.findall(r"^[\w-]+==\S+$", _read("requirements.txt"), re.M)
  # Of pyarrow an earlier one will do, for Apache Beam's sake.
  required = metadata["install_requires"]
  required = {name.replace(">=18.1,<=", "==") for name in required}
  assert required <= set(pins)
  # No resolver can install it: `t2t-af install` does.
  assert not [r for r in metadata["install_requires"] if "tensor2tensor" in r]
  assert not [r for r in metadata["install_requires"] if "pytest" in r]


@pytest.mark.parametrize("tool", ["ruff", "mypy", "pytest-xdist", "coverage"])
def test_tools_are_pinned_for_every_python(tool):
  assert re.search(rf"^{tool}==[\d.]+$", _read("requirements.txt"), re.M)


def test_licence_is_apache_2(metadata):
  assert metadata["license"] == "Apache-2.0"
  assert metadata["license_files"] == ["LICENSE"]
  text = _read("LICENSE")
  assert "Apache License" in text and "Version 2.0, January 2004" in text
  assert text.rstrip().endswith("limitations under the License.")


def test_types_are_marked_and_installed(metadata):
  assert (_ROOT / "t2t_af" / "py.typed").exists()
  assert "py.typed" in metadata["package_data"]["t2t_af"]


def test_citation_names_the_paper():
  text = _read("CITATION.cff")
  assert "cff-version: 1.2.0" in text and "10.1007/s10994-021-06092-6" in text
  assert "Marino" in text and "Mandt" in text


def test_every_make_target_says_what_it_does():
  targets = re.findall(r"^([a-z-]+):(.*)$", _read("Makefile"), re.M)
  (phony,) = re.findall(r"^\.PHONY: (.*)$", _read("Makefile"), re.M)
  assert [name for name, _ in targets] and all("## " in t for _, t in targets)
  assert sorted(name for name, _ in targets) == sorted(phony.split())


def test_what_the_code_imports_is_installed_with_it(metadata):
  """By pip, by `t2t-af install`, or as an extra that an error names."""
  extras = [
    name for group in metadata["extras_require"].values() for name in group
  ]
  listed = "\n".join(
    [*metadata["install_requires"], *extras, _read("t2t_af/tensor2tensor.txt")]
  )
  names = re.findall(r"^([\w-]+)[=>]=", listed, re.M)
  provided = {name.lower().replace("-", "_") for name in names}
  # Called otherwise than what is installed; or brought by TensorFlow, Jinja2.
  provided |= {"PIL", "sklearn", "absl", "markupsafe", "tensorboard"}
  ours = {"t2t_af", "problems", "hparams", "benchmarks"}
  optional = {"scoringrules"}
  for room in ours:
    for path in (_ROOT / room).rglob("*.py"):
      roots = _imported(path) - set(sys.stdlib_module_names) - ours - optional
      assert roots <= provided | _beside(path), path


def _beside(path):
  """Modules that a folder which is run as a script finds next to it."""
  is_script = (path.parent / "__main__.py").exists()
  return {other.stem for other in path.parent.glob("*.py") if is_script}


def _imported(path):
  """The top-level packages that a file imports."""
  modules = []
  for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
    if isinstance(node, ast.Import):
      modules += [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
      modules.append(node.module)
  return {module.partition(".")[0] for module in modules}
