"""Optional packages and weights: where they are, and what is said if not."""

import pathlib
import re

import pytest

from t2t_af import errors
from t2t_af.bin import doctor
from t2t_af.experiments import perceptual_extras
from t2t_af.experiments import perceptual_networks
from tests.bin import fake_torch

ALEX, I3D = fake_torch.ALEX, fake_torch.I3D
_SETUP = pathlib.Path(__file__).parents[2] / "setup.py"


@pytest.fixture(name="weights", autouse=True)
def _weights(monkeypatch, tmp_path):
  return fake_torch.install_weights(monkeypatch, tmp_path)


def test_weights_beside_cd_fvd_are_found(weights, tmp_path, monkeypatch):
  fvd = fake_torch.install(monkeypatch)["cdfvd"]
  folder = tmp_path / "cdfvd" / "third_party" / "i3d"
  folder.mkdir(parents=True)
  fvd.__spec__.submodule_search_locations.append(str(tmp_path / "cdfvd"))
  (weights / I3D).rename(folder / I3D)
  assert perceptual_extras.find("i3d").path == str(folder / I3D)


def test_a_file_that_is_no_weights_is_told_in_one_line(weights):
  path = weights / ALEX
  path.write_bytes(b"a web page")
  with pytest.raises(errors.UserError) as caught:
    perceptual_networks.make("alex", str(path))
  assert str(caught.value) == (
    f"{path} holds no weights that fit: PytorchStreamReader failed"
  )


def test_the_extra_of_setup_is_what_people_are_told_to_install():
  (listed,) = re.findall(r"_PERCEPTUAL = \[(.*?)\]", _SETUP.read_text(), re.S)
  assert sorted(re.findall(r'"(.*?)"', listed)) == sorted(
    perceptual_extras.REQUIREMENTS.values()
  )


def test_doctor_tells_of_the_extras_and_finds_nothing_wrong(monkeypatch):
  finding = doctor._perceptual()
  assert finding.cure is None and "are here" in finding.found
  fake_torch.uninstall(monkeypatch)
  finding = doctor._perceptual()
  assert finding.cure is None
  assert finding.found.startswith("optional: missing for LPIPS and FVD")
