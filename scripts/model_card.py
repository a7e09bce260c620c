"""The card of a named model: what its run and its run's records say.

card.json is read by `t2t_af.records.named_models`; README.md is made of it.
"""

import inspect
import os
from typing import Any

from t2t_af import errors
from t2t_af import version
from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.records import json_lines
from t2t_af.records import named_models
from t2t_af.records import run_folder

LICENCE = "Apache-2.0"
NOT_FOR = (
  "It shows and tests the code. It knows its data set and nothing else: what "
  "it says of other data, or of persons, is no ground for any decision, least "
  "of all one about health, safety or somebody's conduct. It is a small model "
  "on a small set: its numbers do not stand for those of the paper's sizes."
)
_NUM_SEQUENCES = 3  # whose NLL is kept, to be compared
# Said once of the whole model.
_OF_THE_RUN = {
  *run_folder.IDENTITY,
  "kind",
  "versions",
  "trained_data_fingerprint",
  "data_fingerprint",
  "chosen_of_steps",
  "checkpoint",
  "step",
}


def of_run(run: Any, name: str) -> dict[str, Any]:
  """What is known of a LoadedRun, but for the files that are yet to come.

  Raises:
    UserError: there is no likelihood record of its whole test split.
  """
  asked = run.run
  known = run_folder.read(asked.output_dir)
  test, *others = _likelihoods(asked, "test") or [None]
  if test is None:
    raise errors.UserError(
      f"{asked.output_dir} has no likelihood record of the whole test split at "
      f"step {asked.step}, whose checkpoint answers. t2t-eval or t2t-af "
      "analyse makes it."
    )
  found = {
    "likelihood": test,
    "dev_likelihood": next(iter(_likelihoods(asked, "dev")), None),
    "samples": next(reversed(_records(asked, "samples", "test")), None),
  }
  return dict(
    {key: record and _facts(record) for key, record in found.items()},
    **{key: known.get(key) for key in run_folder.IDENTITY},
    other_likelihoods=list(map(_facts, others)),
    name=name,
    step=asked.step,
    chosen=asked.chosen,
    # (t2t-trainer goes on as often as it is asked to, and keeps no count.)
    trained_steps=known.get("trained_steps", asked.step),
    seconds_per_step=known.get("seconds_per_step"),
    hardware=known.get("hardware"),
    sequences=_sequences(test),
    data=_data(asked, test),
    licence=LICENCE,
    not_for=NOT_FOR,
    date=test["time"][: len("2026-01-01")],
    versions=test["versions"],
    published_by=f"t2t_af {version.__version__}",
  )


def write(folder: str, card: dict[str, Any]) -> None:
  """Adds card.json and README.md to the files of a model in a folder."""
  files = sorted(os.listdir(folder))
  sizes = [os.path.getsize(os.path.join(folder, file)) for file in files]
  card = dict(card, num_bytes=sum(sizes))
  path = os.path.join(folder, "README.md")
  whole_file.write(path, readme(card).encode("utf-8"))
  card["files"] = {
    file: named_models.digest(os.path.join(folder, file))
    for file in sorted([*files, "README.md"])
  }
  whole_file.write_json(
    os.path.join(folder, named_models.CARD), dict(sorted(card.items()))
  )


def _likelihoods(asked: Any, split: str) -> list[dict[str, Any]]:
  """The last record of each kind of noise and number of samples.

  The first is what every evaluation of the run gives: of the noise that it was
  trained with, of one sample, of one draw.
  """
  noise = asked.hparams.values().get("dequantization")
  last = {
    (
      record["dequantization"] not in (noise, "none"),
      record.get("num_samples", 1),
      record.get("num_noise_draws", 1),
      record["dequantization"],
    ): record
    for record in _records(asked, "likelihood", split)
  }
  return [last[kind] for kind in sorted(last)]


def _records(asked: Any, kind: str, split: str) -> list[dict[str, Any]]:
  """Those of a whole split at the checkpoint, of the run's data."""
  mine = run_folder.read(asked.output_dir).get(run_folder.DATA_FINGERPRINT)
  return [
    record
    for record in json_lines.read(run_folder.results(asked.output_dir, kind))
    if record.get("split") == split
    and record.get("step") == asked.step
    and not record.get("is_partial")
    and record.get("data_fingerprint") == mine
  ]


def _facts(record: dict[str, Any]) -> dict[str, Any]:
  """A record without what the card has already, and without long lists."""
  return {
    name: value
    for name, value in record.items()
    if name not in _OF_THE_RUN
    and (not isinstance(value, list) or name.endswith("_per_step"))
  }


def _sequences(record: dict[str, Any]) -> dict[str, float]:
  """NLL in nats/dim of the first sequences, by their ids."""
  pairs = zip(record["sequence_ids"], record["nll_nats_per_dim_per_sequence"])
  return dict(list(pairs)[:_NUM_SEQUENCES])


def _data(asked: Any, record: dict[str, Any]) -> dict[str, Any]:
  """What the model was trained on, and how anybody gets it."""
  problem = asked.problem
  command = f"t2t-datagen --problem={problem.name} --data_dir=data"
  archive = getattr(problem, "archive", None)
  if not problem.is_drawn:
    command += f" {problem.source_flag}"
  return dict(
    about=_about(type(problem)),
    command=command,
    is_drawn=problem.is_drawn,
    source=problem.source() if problem.is_drawn else {},
    archive=archive and dict(url=archive.urls[0], sha256=archive.sha256),
    fingerprint=record["data_fingerprint"],
  )


def _about(problem_cls: type) -> str:
  """First paragraphs of its module's docstring, its bases' there, its own."""
  module = inspect.getmodule(problem_cls)
  of_module = [
    c for c in problem_cls.__mro__ if c.__module__ == module.__name__
  ]
  paragraphs = [
    inspect.cleandoc(thing.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    for thing in (module, *reversed(of_module))
  ]
  return " ".join(filter(None, paragraphs))


def readme(card: dict[str, Any]) -> str:
  """The card for people, in Markdown."""
  name, data = card["name"], card["data"]
  rows = "\n".join(f"| {label} | {told} |" for label, told in _rows(card))
  origin = "It is drawn by a program; nothing is downloaded."
  archive = data["archive"]
  if archive:
    origin = (
      f"The data is not part of this model; its archive, {archive['url']} "
      f"(SHA-256 {archive['sha256']}), has terms of its own."
    )
  return f"""# {name}

{data["about"]}

```
t2t-af sample {name}
```

```python
with t2t_af.load("{name}") as run:
  run.score(x)
```

| | |
|---|---|
{rows}

The data: `{data["command"]}`. {origin}

## What it is not for

{card["not_for"]}
"""


def _rows(card: dict[str, Any]) -> list[tuple[str, str]]:
  """(what, facts) of the table."""
  overrides = f", `{card['hparams']}`" if card["hparams"] else ""
  every = [
    ("data set", f"`{card['problem']}`"),
    ("model", f"`{card['model']}`"),
    ("hparams set", f"`{card['hparams_set']}`{overrides}"),
    ("parameters", f"{card['num_parameters']:,}"),
    (
      "training",
      f"{card['trained_steps']:,} steps, seed {card['seed']}; the checkpoint "
      f"of step {card['step']:,} ({card['chosen']})",
    ),
    ("test", _likelihood(card["likelihood"])),
    *(("test, too", _likelihood(found)) for found in card["other_likelihoods"]),
  ]
  if card["dev_likelihood"]:
    every.append(("dev", _likelihood(card["dev_likelihood"])))
  if card["samples"]:
    every.append(("samples", _samples(card["samples"])))
  return every + [
    ("weights", f"float32, {card['num_bytes'] / 1e6:.2f} MB in all"),
    ("evaluated", f"{card['date']}, t2t_af {card['versions']['t2t_af']}"),
    ("licence", card["licence"]),
    ("checksums", "SHA-256 of every file: card.json"),
  ]


def _likelihood(found: dict[str, Any]) -> str:
  """An NLL with all that says what it is."""
  kind = "exact"
  if found.get("bound"):
    samples = formats.plural(found["num_samples"], "sample")
    kind = f"an upper bound of {samples}"
  noise = f"{found['dequantization']} dequantization"
  std = found.get("noise_std")
  if std is not None:
    noise = f"noise of {std:g} added, standardised" if std else "no noise added"
  raw = found.get("nll_raw_nats_per_step")
  return ", ".join(
    [
      named_models.likelihood(found),
      f"{found['nll_nats_per_dim']:.4f} nats/dim",
      *([f"{raw:.3f} nats/step in raw units"] if raw is not None else []),
      kind,
      noise,
      f"{found['num_sequences']} sequences of {found['num_recordings']} "
      "recordings",
      f"{found['num_cond_steps']} steps given, {found['num_scored_steps']} "
      "scored",
    ]
  )


def _samples(found: dict[str, Any]) -> str:
  """Picture quality of samples of video."""
  told = [
    f"{label} {found[name]:.{digits}f}"
    for name, label, digits in (
      ("psnr_best_of_n", "PSNR", 2),
      ("ssim_best_of_n", "SSIM", 3),
    )
    if found.get(name) is not None
  ]
  return (
    f"{', '.join(told) or 'drawn'} (best of {found['num_samples']}, "
    f"{found['num_contexts']} contexts, temperature {found['temperature']:g})"
  )
