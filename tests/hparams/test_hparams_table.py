"""`table.register`: cells are named, merged and documented as rows say."""

import types

import pytest
from tensor2tensor.utils import registry

from hparams import base
from hparams import data_space
from hparams import table
from t2t_af import errors

_ROWS = {
  "row1": table.Row("Row 1", {}),
  "row2": table.Row("Row 2", dict(batch_size=2, flow_width=20)),
}
_COLUMNS = {
  "wide": table.Column("on wide data", "video_wide", 10, dict(batch_size=3))
}


@pytest.fixture(name="registered")
def _registered(monkeypatch):
  """Registers records in a module of its own, which the test gets."""
  monkeypatch.setattr(
    registry.Registries.hparams,
    "_registry",
    dict(registry.Registries.hparams._registry),
  )

  def register(records, rows=_ROWS, columns=_COLUMNS):
    module = types.ModuleType("a_table")
    monkeypatch.setitem(table.sys.modules, "a_table", module)
    table.register(
      "a_table", "a_model", data_space.data_space_base, rows, columns, records
    )
    return module

  return register


def test_each_record_is_a_set_and_other_cells_are_none(registered):
  module = registered({("row2", "wide"): table.Record()})
  assert registry.hparams("row2_wide").batch_size == 3
  assert module.row2_wide().flow_width == 20
  assert "row1_wide" not in registry.list_hparams()
  assert not hasattr(module, "row1_wide")


def test_column_wins_over_row_and_cell_over_both(registered):
  module = registered(
    {
      ("row2", "wide"): table.Record(),
      ("row1", "wide"): table.Record(overrides=dict(batch_size=5)),
    }
  )
  assert (module.row2_wide().batch_size, module.row1_wide().batch_size) == (
    3,
    5,
  )


def test_sets_do_not_share_their_values(registered):
  module = registered({(row, "wide"): table.Record() for row in _ROWS})
  module.row1_wide().batch_size = 99
  assert module.row1_wide().batch_size == module.row2_wide().batch_size == 3
  assert data_space.data_space_base().batch_size == 16


def test_sets_can_be_derived_from(registered):
  module = registered({("row2", "wide"): table.Record()})
  child = base.derive(module.row2_wide, flow_width=7)
  assert (child.flow_width, child.batch_size) == (7, 3)


def test_a_typo_in_a_row_is_refused_with_what_was_meant(registered):
  rows = {"row1": table.Row("Row 1", dict(batchsize=1))}
  module = registered({("row1", "wide"): table.Record()}, rows=rows)
  with pytest.raises(errors.UserError, match='Did you mean "batch_size"'):
    module.row1_wide()


def test_a_record_of_no_row_or_no_column_is_refused(registered):
  with pytest.raises(KeyError, match="row3"):
    registered({("row3", "wide"): table.Record()})
  with pytest.raises(KeyError, match="narrow"):
    registered({("row1", "narrow"): table.Record()})


def test_a_name_is_registered_once(registered):
  registered({("row1", "wide"): table.Record()})
  with pytest.raises(KeyError, match="row1_wide"):
    registered({("row1", "wide"): table.Record()})


def test_docstring_of_a_set_that_was_not_run(registered):
  module = registered({("row1", "wide"): table.Record()})
  assert module.row1_wide.__doc__ == (
    "Row 1 on wide data.\n"
    "\n"
    "Paper: none.\n"
    "Ours: not run.\n"
    "Command: t2t-trainer --problem=video_wide --model=a_model\n"
    "  --hparams_set=row1_wide --train_steps=10 --data_dir=... "
    "--output_dir=...\n"
  )


def test_docstring_of_a_set_that_was_run(registered):
  record = table.Record(
    paper="1.5 nats/dim test",
    ours="1.4 nats/dim test (results/wide)",
    train_steps=20,
    seconds_per_step=0.25,
    cores="two cores",
    note="word " * 20,
  )
  columns = {
    "wide": _COLUMNS["wide"]._replace(command=table.COMPARE + " --seeds=0")
  }
  module = registered({("row1", "wide"): record}, columns=columns)
  assert module.row1_wide.__doc__ == (
    "Row 1 on wide data.\n"
    "\n"
    "Paper: 1.5 nats/dim test.\n"
    "Ours: 1.4 nats/dim test (results/wide).\n"
    "Time: 0.25 s/step, two cores of an AMD EPYC.\n"
    "Command: t2t-af compare --problem=video_wide --hparams_sets=row1_wide\n"
    "  --train_steps=20 --seeds=0\n"
    "\n" + " ".join(["word"] * 15) + "\n" + " ".join(["word"] * 5) + "\n"
  )


def test_a_command_is_never_broken_within_an_option(registered):
  """At a hyphen or in a long word: it could not be copied."""
  option = "--hparams=" + ",".join(f"a-long-name-{i}=1" for i in range(9))
  columns = {
    "wide": _COLUMNS["wide"]._replace(command=table.COMPARE + " " + option)
  }
  module = registered({("row1", "wide"): table.Record()}, columns=columns)
  assert option in module.row1_wide.__doc__
