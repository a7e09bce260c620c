"""Words of a comparison's page: what numbers depend on, how to read them."""

from collections.abc import Sequence

from t2t_af.analysis import formats
from t2t_af.analysis.report import overview
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.units import Unit
from t2t_af.records import records

NOISE = {
  "uniform": "uniform noise U(0, 1) on 0–255 values",
  "gaussian": "Gaussian noise of deviation 1/256 (not comparable with "
  "uniform noise)",
  "none": "standardised by the training split",
}
_UNIT = {
  "nats/dim": (
    "NLL is the negative log-likelihood of the test videos: how surprised "
    "a model is by what happens. Lower is better. It is given per pixel "
    "value, in nats and in bits (one bit is 0.693 nats). A model that "
    "knows nothing, uniform over 256 values, has 5.545 nats or 8 bits."
  ),
  "nats/step": (
    "NLL is the negative log-likelihood of the test series: how surprised "
    "a model is by what happens. Lower is better. It is a density, so it "
    "may be negative. It is given per time step, of the standardised "
    "values and of the raw ones; the two differ by a constant, the sum of "
    "the logarithms of the columns' standard deviations."
  ),
}
_SAMPLES = {
  "nats/dim": (
    "PSNR and SSIM compare the best of N samples with the one future that "
    "happened. They reward a lucky guess and a blurred average, so they "
    "say less about a model than its NLL. SSIM is taken per colour "
    "channel."
  ),
  "nats/step": (
    "A few windows often decide the mean of a series. So the median over "
    "windows stands beside it, and what the worst 1 % of the windows add to "
    "the mean. "
    "RMSE compares the best of N samples with the one future that "
    "happened, in standardised units. It rewards a lucky guess, so it "
    "says less about a model than its NLL."
  ),
}
_OF_ALL = (
  "± is one standard error. With several seeds it is over seeds: how much "
  "the result moves when training is repeated. The small print under it is "
  "over recordings: how much it would move with others. Windows of one "
  "recording are not independent, and fewer than four recordings give no "
  "error.",
  "The difference is taken seed by seed against the first row and then "
  "averaged, so that luck that both share under one seed falls out. Few "
  "seeds make a wide interval: with three, its half width is 4.3 standard "
  "errors. Where the interval over recordings is wider, as of series, it "
  "counts.",
  "A value after ≤ is an upper bound on the NLL; the exact value may be "
  "lower. All other values are exact; of video, for the values with noise "
  "added, which makes each a bound on the NLL of the 8-bit values where "
  "that noise is uniform.",
  "The grey rows are trivial models fitted to the training split. A model "
  "that does not beat them has learned little about motion.",
  "Samples in the pictures are each set's first, not its best.",
)


def protocol(comparison: Comparison) -> list[str]:
  """What the numbers depend on, each in a few words."""
  config, finals, drawn = comparison.config, [], []
  for name in comparison.sets:
    finals += comparison.final(name).values()
    drawn += comparison.final(name, "samples").values()
  parts = [
    f"Problem {config.get('problem', formats.ABSENT)}",
    f"{comparison.split} split",
  ]
  for r in finals[:1]:
    parts += [
      f"{r.get('num_sequences', '?')} sequences",
      f"{r.get('num_cond_steps', '?')} {comparison.unit.step}s given, "
      f"{r.get('num_scored_steps', '?')} scored",
    ]
  parts += [
    NOISE.get(noise, f"{noise} noise")
    for noise in dict.fromkeys(r.get("dequantization") for r in finals)
  ]
  if config.get("steps"):
    parts.append(f"{formats.thousands(config['steps'])} training steps")
  if config.get("eval_every"):
    parts.append(
      "scored at the best of every "
      f"{formats.thousands(config['eval_every'])} steps on the dev "
      "split"
    )
  seeds = ", ".join(str(seed) for seed in comparison.seeds)
  parts.append(f"{'seed' if len(comparison.seeds) == 1 else 'seeds'} {seeds}")
  parts += _drawn(finals, drawn)
  return parts + overview.machines(
    [
      comparison.config.get("hardware"),
      *(run.info.get("hardware") for run in comparison.runs.values()),
    ]
  )


def _drawn(finals: Sequence[dict], drawn: Sequence[dict]) -> list[str]:
  """Of what samples, and what is unusual about any number."""
  parts = [
    f"best of {r.get('num_samples')} samples, "
    f"{r.get('num_contexts')} contexts of the {r.get('split')} "
    f"split, temperature {r.get('temperature')}"
    for r in drawn[:1]
  ]
  return parts + [
    f"{name} {value}"
    for found, names in (
      (finals, ("precision",)),
      (drawn, records.SAMPLED_OTHERWISE),
    )
    for name in names
    for value in dict.fromkeys(r.get(name) for r in found)
    if value is not None
  ]


def how_to_read(unit: Unit) -> list[str]:
  """Sentences on the table and the figures."""
  return [_UNIT[unit.name], *_OF_ALL, _SAMPLES[unit.name]]
