"""A record's numbers in a line, for people who wait for them."""

from typing import Any

from t2t_af.analysis import formats
from t2t_af.records import likelihood

_COVERAGE = 0.9


def line(record: dict[str, Any]) -> str:
  """Of a record of likelihood, correlation or calibration."""
  return (
    f"{record['kind']}, {record['split']}: {_WORDS[record['kind']](record)}"
  )


def _likelihood(r: dict[str, Any]) -> str:
  sign = formats.BOUND if r.get("bound") else ""
  nats = r["nll_nats_per_dim"]
  parts = [
    f"{_with_error(r, 'nll_nats_per_dim', 4)} nats/dim",
    f"{formats.number(likelihood.bits_from_nats(nats), 4)} bits/dim",
  ]
  if "nll_nats_per_step" in r:
    parts += [
      f"{_with_error(r, 'nll_nats_per_step', 4)} nats/step",
      f"{formats.number(r['nll_raw_nats_per_step'], 4)} in raw units",
    ]
  parts = [sign + part for part in parts]
  if sign:
    parts.append(f"a bound of {formats.plural(r['num_samples'], 'sample')}")
  return ", ".join([*parts, formats.plural(r["num_sequences"], "sequence")])


def _correlation(r: dict[str, Any]) -> str:
  return f"of {r['signal']} {_with_error(r, 'correlation', 3)}"


def _calibration(r: dict[str, Any]) -> str:
  inside = dict(zip(r["coverage_levels"], r["coverage"]))[_COVERAGE]
  told = f"by {r['method']}, {inside:.1%} of the values in intervals of 90 %"
  if r.get("crps") is not None:
    told += f", CRPS {_with_error(r, 'crps', 4)}"
  return told


def _with_error(r: dict[str, Any], name: str, decimals: int) -> str:
  return formats.with_error(r[name], r.get(f"{name}_stderr"), decimals)


_WORDS = dict(
  likelihood=_likelihood, correlation=_correlation, calibration=_calibration
)
