"""What a comparison says, for other programs (`--json`)."""

from typing import Any

from t2t_af.analysis.report import claims
from t2t_af.analysis.report import comparison_words
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_csv


def fields(comparison: Comparison) -> dict[str, Any]:
  """The rows of table.csv, the protocol, verdict and claims in words."""
  return dict(
    rows=comparison_csv.rows(comparison),
    protocol=comparison_words.protocol(comparison),
    verdict=list(verdict.sentences(comparison)),
    claims=claims.lines(claims.of(comparison.results())),
  )
