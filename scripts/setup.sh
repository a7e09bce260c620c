#!/usr/bin/env bash
# Makes .venv with every pinned version and the project in it; `make setup`.
#
#   scripts/setup.sh [--gpu]
#
# Does nothing when .venv already is what requirements*.txt and setup.py say.
# Exit codes: 3 no Python, 4 no disk, 5 no packages, 6 .venv does not work.
# PYTHON=/path/to/python3.11 chooses the interpreter.
set -u
cd "$(dirname "$0")/.."

VENV=.venv
LOG=$VENV/setup.log
STAMP=$VENV/setup.stamp
GPU=no
[ "${1:-}" = "--gpu" ] && GPU=yes

say() { printf '%s\n' "$*" >&2; }
fail() { local code=$1; shift; say "error: $*"; exit "$code"; }

# The hash of all that set-up depends on. A checkout that was moved has another
# path in its editable install, so the path counts as well.
wanted() {
  { cat requirements.txt setup.py scripts/setup.sh; pwd
    [ "$GPU" = yes ] && cat requirements-gpu.txt
  } | cksum | tr -d ' '
}

# A later `make test` must not throw GPU wheels out, nor install them anew.
if [ "$GPU" = no ] && [ -f "$STAMP" ] && grep -qx gpu "$STAMP"; then GPU=yes; fi
WANTED=$(wanted)
if [ -f "$STAMP" ] && grep -qx "$WANTED" "$STAMP" && [ -x $VENV/bin/t2t-af ]
then exit 0; fi

# Some `python3.11` are shims of a version manager that only print an error, so
# each is run; `venv` is missing from some distributions' Python.
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.10 python3.9 python3 \
      /usr/bin/python3.11 /usr/local/bin/python3.11 \
      "$HOME"/.pyenv/versions/3.{11,10,9}.*/bin/python; do
    [ -n "$candidate" ] || continue
    "$candidate" -c 'import sys, venv, ensurepip
sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 11))' >/dev/null 2>&1 || continue
    printf '%s' "$candidate"
    return 0
  done
  return 1
}
PYTHON_FOUND=$(find_python) || fail 3 \
  "no Python 3.9, 3.10 or 3.11 with venv was found (TensorFlow 2.15 has no" \
  "other). Install one, e.g. 'sudo apt install python3.11 python3.11-venv'," \
  "or name it: make setup PYTHON=/path/to/python3.11"

# Measured: 2.3 GB of .venv; pip keeps up to 0.9 GB of wheels beside it; CUDA's
# wheels are 2.9 GB more.
NEEDED_MB=3500
[ "$GPU" = yes ] && NEEDED_MB=9000
FREE_MB=$(df -Pm . | awk 'NR == 2 {print $4}')
if [ ! -f "$STAMP" ] && [ "${FREE_MB:-0}" -lt "$NEEDED_MB" ]; then
  fail 4 "set-up needs $NEEDED_MB MB of disk, $(pwd) has $FREE_MB MB left."
fi

say "setting up $VENV with $("$PYTHON_FOUND" --version 2>&1), once:" \
  "one to three minutes"
rm -f "$STAMP"
# An interrupted or foreign .venv is made anew; one of ours is brought up to
# date, which takes seconds where few versions changed.
[ -x $VENV/bin/python ] && $VENV/bin/python -c 'import pip' 2>/dev/null &&
  [ "$($VENV/bin/python -c 'import sys; print(sys.prefix)')" = "$(pwd -P)/$VENV" ] ||
  rm -rf $VENV
mkdir -p $VENV || fail 4 "cannot write to $(pwd)."
[ -x $VENV/bin/python ] ||
  "$PYTHON_FOUND" -m venv $VENV >"$LOG" 2>&1 || {
    tail -n 5 "$LOG" >&2; fail 6 "$PYTHON_FOUND cannot make a venv."; }

install() {
  $VENV/bin/python -m pip install --no-deps --no-build-isolation \
    --disable-pip-version-check --progress-bar off "$@" >>"$LOG" 2>&1 && return
  say "----- the end of $LOG:"
  grep -v "^WARNING: Location\|^$" "$LOG" | tail -n 15 >&2
  if grep -q "No space left on device" "$LOG"; then
    fail 4 "the disk is full."
  elif grep -qi "connection\|timed out\|name resolution\|NewConnectionError\|ProxyError\|from versions: none" "$LOG"
  then
    fail 5 "no package could be fetched: pip reaches no registry. Check the" \
      "network, the proxy, and 'pip config list'; then run this again."
  fi
  fail 5 "pip failed (see above, all of it in $LOG)."
}

grep -E "^(setuptools|wheel)==" requirements.txt >$VENV/build.txt
install -r $VENV/build.txt
install -r requirements.txt
[ "$GPU" = yes ] && install -r requirements-gpu.txt
# Last, because tensor2tensor brings scripts named t2t-trainer etc. of its own,
# which do not run; ours replace them.
install --force-reinstall --use-pep517 --editable .

$VENV/bin/python - >>"$LOG" 2>&1 <<'CHECK' || fail 6 "the commands of $VENV are not ours; see $LOG"
import pathlib, sys
for name in ("datagen", "trainer", "eval", "decoder"):
  script = pathlib.Path(sys.prefix, "bin", f"t2t-{name}")
  assert "t2t_af" in script.read_text(), f"{script} is tensor2tensor's own"
CHECK

{ echo "$WANTED"; [ "$GPU" = yes ] && echo gpu; true; } >"$STAMP"
say "done; '. $VENV/bin/activate' puts t2t-trainer, t2t-af ... on PATH"
