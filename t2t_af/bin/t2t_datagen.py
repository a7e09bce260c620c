"""`t2t-datagen`: writes a problem's data. tensor2tensor's main and flags.

    t2t-datagen --problem=video_toy_pushing --data_dir=data [--tmp_dir=tmp]
    t2t-datagen --problem=video_folder --data_dir=data --source_dir=my/videos

--tmp_dir is where archives are downloaded to (default /tmp/t2t_datagen); one
that is there already is enough, and no network is needed then.

Of every problem from an archive:
  --allow_missing     continue without files that the archive lacks, which is an
                      error that names them otherwise
  --force             write though another process seems to write the same data
Of data sets that are large (video_bair, video_folder, video_kth; drawn ones):
  --beam              write with Apache Beam, on several processes or machines:
                      the same files; pip install 't2t_af[beam]'
  --beam_runner=DirectRunner     what runs it, by Beam's name: this machine
  --beam_pipeline_options=direct_num_workers=8,direct_running_mode=multi_processing
                      its options, by Beam's names
Of your folder (video_folder, series_csv):
  --source_dir=PATH   the folder
Of series_csv, where the format of tables cannot be told, or not as you want it:
  --header=auto       whether tables begin with a line of names: auto, yes, no,
                      or the number of that line
  --delimiter=tab     what parts cells: a character, or comma, semicolon, tab,
                      pipe, space (runs of spaces), none (one column)
  --decimal=,         the decimal mark: . or ,
  --encoding=cp1252   of the text, by Python's name
  --columns=x,y       the features; all: every column that has numbers
  --drop=x,y          columns to leave out
  --time_column=t     the column of times, which are checked and not modelled;
                      date,clock: two columns that are the time together
  --id_column=id      the column that tells recordings in one table apart
  --missing=error     values that are missing: an error, cut (a recording ends
                      there) or fill (in, between neighbours)
  --resample=0.1s     interpolate to a constant step: s, ms, us, min, h, Hz, or
                      a number in the unit of the column of times
  --split=recordings  what is dealt out to train, dev and test: whole
                      recordings, or by time the first 80, next 10, last 10 %
  --min_steps=13      shorter series are left out
Of video_folder:
  --frame_size=64     height and width of the frames, pixels
  --frame_rate=10     frames per second to resample to (default: as they are)
  --aspect=crop       how a frame becomes square: crop, pad or stretch
  --grey              one channel instead of three
  --levels=0,4000     of arrays, and of pictures with more than 256 levels: the
                      values that are black and white
  --array_axes=TNHW   which axis of an array is which: N (videos), T (time), H,
                      W, C (colours)
  --array_key=NAME    which array of an .npz file; all: each is a video
"""

import sys

from t2t_af import mended  # noqa: F401

# isort: split
from absl import flags

from problems.core import beam_generation
from problems.core import options
from t2t_af.bin import checks
from t2t_af.bin import command
from t2t_af.bin import force  # noqa: F401
from t2t_af.bin import table_flags
from t2t_af.errors import suggest
from t2t_af.errors import UserError

FLAGS = flags.FLAGS

_DEFAULTS = options.Options()
flags.DEFINE_string(
  "source_dir", _DEFAULTS.source_dir, "A folder of your videos or CSV files."
)
flags.DEFINE_bool(
  "allow_missing",
  _DEFAULTS.allow_missing,
  "Continue without files that an archive lacks.",
)
flags.DEFINE_integer(
  "frame_size",
  _DEFAULTS.frame_size,
  "Height and width of the frames of video_folder, pixels.",
)
flags.DEFINE_float(
  "frame_rate",
  _DEFAULTS.frame_rate,
  "Frames per second of video_folder; default: as they are.",
)
flags.DEFINE_string(
  "aspect",
  _DEFAULTS.aspect,
  "How a frame of video_folder "
  "becomes square: %s." % ", ".join(options.ASPECTS),
)
flags.DEFINE_bool(
  "grey", _DEFAULTS.grey, "One channel instead of three, for video_folder."
)
flags.DEFINE_list(
  "levels",
  _DEFAULTS.levels,
  "The values that are black and white, of arrays and deep pictures.",
)
flags.DEFINE_string(
  "array_axes",
  _DEFAULTS.array_axes,
  "The axes of arrays of video_folder, in order, of N, T, H, W and C.",
)
flags.DEFINE_string(
  "array_key",
  _DEFAULTS.array_key,
  "Which array of an .npz file the videos are; all: each is one.",
)
for _name, _help in table_flags.TEXTS.items():
  _is_list = _name in table_flags.LISTS
  _define = flags.DEFINE_list if _is_list else flags.DEFINE_string
  _define(_name, getattr(_DEFAULTS, _name), _help)
flags.DEFINE_string(
  "split",
  _DEFAULTS.split,
  "What is dealt out to splits: %s." % ", ".join(options.SPLITS),
)
flags.DEFINE_integer(
  "min_steps", _DEFAULTS.min_steps, "Shorter series are left out."
)
flags.DEFINE_bool("beam", _DEFAULTS.beam, "Write with Apache Beam.")
flags.DEFINE_string(
  "beam_runner", _DEFAULTS.beam_runner, "What runs it, by Beam's name."
)
flags.DEFINE_list(
  "beam_pipeline_options",
  _DEFAULTS.beam_pipeline_options,
  "Options of Beam's runner, name=value.",
)

# Which problems each flag acts on; one that acts on none of those to be made
# would be ignored without a word.
_OF_A_FOLDER = ("video_folder", "series_csv")
_OF_USER_VIDEO = ("video_folder",)
_OF_TABLES = (*table_flags.TEXTS, "split", "min_steps")
_ACTS_ON = {
  **dict.fromkeys(_OF_TABLES, ("series_csv",)),
  "source_dir": _OF_A_FOLDER,
  "frame_size": _OF_USER_VIDEO,
  "frame_rate": _OF_USER_VIDEO,
  "aspect": _OF_USER_VIDEO,
  "grey": _OF_USER_VIDEO,
  "levels": _OF_USER_VIDEO,
  "array_axes": _OF_USER_VIDEO,
  "array_key": _OF_USER_VIDEO,
}


def main() -> None:
  """The command; leaves with its exit code."""
  sys.exit(
    command.run(
      "tensor2tensor.bin.t2t_datagen",
      __doc__,
      _prepare,
      interrupted=lambda: (
        "files that were not complete do not count; the "
        "same command starts them again"
      ),
    )
  )


def _prepare(stock) -> None:
  checks.given("problem", "data_dir")
  checks.expand_home("data_dir", "tmp_dir")
  from tensor2tensor.utils import registry

  # The stock main asks for them all too.
  known = (
    registry.list_base_problems()
    + registry.list_env_problems()
    + list(stock._SUPPORTED_PROBLEM_GENERATORS)
  )
  for name in FLAGS.problem.split(","):
    is_known = (
      any(k.startswith(name[:-1]) for k in known)
      if name.endswith("*")
      else name in known
    )
    if not is_known:
      raise UserError(suggest(name, known, "problem"))
  _set_options(FLAGS.problem.split(","))


def _set_options(names) -> None:
  """Checks our flags and hands them to the problems.

  Raises:
    UserError: a flag that acts on none of the problems `names`; a folder that
      is not given; a value that cannot be meant.
  """
  for flag, problems in _ACTS_ON.items():
    if FLAGS[flag].present and not set(problems) & set(names):
      raise UserError(
        f"--{flag} is for {' and '.join(problems)}, not for {', '.join(names)}."
      )
  if FLAGS.allow_missing and set(names) == {"series_csv"}:
    raise UserError(
      "--allow_missing is of files that an archive lacks; for values that "
      "tables lack say --missing=cut or --missing=fill."
    )
  for flag in ("beam_runner", "beam_pipeline_options"):
    if FLAGS[flag].present and not FLAGS.beam:
      raise UserError(f"--{flag} does nothing without --beam.")
  if FLAGS.beam:
    _check_beam(names)
  if set(_OF_A_FOLDER) & set(names):
    checks.given("source_dir")
    # Whether it is there is asked later: data may outlive its source.
    checks.expand_home("source_dir")
  options.set(**{name: getattr(FLAGS, name) for name in _DEFAULTS._fields})


def _check_beam(names) -> None:
  """Here, because later an archive has been downloaded."""
  from tensor2tensor.utils import registry

  registered = registry.list_base_problems()
  for name in names:
    if name not in registered:
      raise UserError(f"--beam needs names of problems, not {name}.")
    beam_generation.check(registry.problem(name))


if __name__ == "__main__":
  main()
