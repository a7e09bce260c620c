"""The files that say what a training was started with are tensor2tensor's."""

import os

from tensor2tensor.bin import t2t_trainer as stock
from tensor2tensor.utils import hparams_lib
from tensor2tensor.utils import trainer_lib

from t2t_af.bin import run_metadata

FILES = ["flags.txt", "flags_t2t.txt", "hparams.json"]


def _files(folder):
  assert sorted(os.listdir(folder)) == FILES
  return [(folder / name).read_text(encoding="utf-8") for name in FILES]


def test_they_are_those_of_tensor2tensor(parsed_flags, tmp_path):
  hparams = trainer_lib.create_hparams("slvm_tiny")
  parsed_flags.output_dir = str(tmp_path / "run")
  stock.save_metadata(hparams)
  expected = _files(tmp_path / "run")
  for name in FILES:
    (tmp_path / "run" / name).unlink()
  run_metadata.write(hparams)
  assert _files(tmp_path / "run") == expected


def test_a_kill_leaves_the_hparams_from_before(
  parsed_flags, tmp_path, monkeypatch
):
  parsed_flags.output_dir = str(tmp_path)
  hparams = trainer_lib.create_hparams("slvm_tiny")
  run_metadata.write(hparams)
  before = (tmp_path / "hparams.json").read_text(encoding="utf-8")

  def killed(*args):
    raise KeyboardInterrupt

  monkeypatch.setattr(run_metadata.whole_file.os, "replace", killed)
  hparams.batch_size += 1
  try:
    run_metadata.write(hparams)
  except KeyboardInterrupt:
    pass
  assert (tmp_path / "hparams.json").read_text(encoding="utf-8") == before
  assert hparams_lib.create_hparams_from_json(
    str(tmp_path / "hparams.json")
  ).batch_size == (hparams.batch_size - 1)
