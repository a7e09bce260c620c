"""The flag --force, of those of tensor2tensor's commands that lock a folder."""

from absl import flags

flags.DEFINE_bool(
  "force", False, "Go on though another process seems to write there."
)
