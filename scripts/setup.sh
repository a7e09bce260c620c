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
  { cat requirements.txt t2t_af/tensor2tensor.txt setup.py scripts/setup.sh; pwd -P
    [ "$GPU" = yes ] && cat requirements-gpu.txt
  } | cksum | tr -d ' '
}

# A later `make test` must not throw GPU wheels out, nor install them anew.
if [ "$GPU" = no ] && [ -f "$STAMP" ] && grep -qx gpu "$STAMP"; then GPU=yes; fi
WANTED=$(wanted)

ours() {  # whether the commands are ours; `pip install tensor2tensor` by hand
  local name  # puts its own back, which do not run
  for name in datagen trainer eval decoder af; do
    grep -q "t2t_af" "$VENV/bin/t2t-$name" 2>/dev/null || return 1
  done
}

# An interrupted, foreign or moved .venv is made anew; one of ours is brought up
# to date, which takes seconds where few versions changed.
whole() {
  [ "$($VENV/bin/python -c 'import pip, sys; print(sys.prefix)' 2>&1)" = \
    "$(pwd -P)/$VENV" ] || return 1
  [ -z "${PYTHON:-}" ] ||
    [ "$(version "$PYTHON")" = "$(version $VENV/bin/python)" ]
}

version() { "$1" --version 2>&1; }

if [ -f "$STAMP" ] && grep -qx "$WANTED" "$STAMP" && ours &&
  { [ -z "${PYTHON:-}" ] || whole; }; then exit 0; fi

# Some `python3.11` are shims of a version manager that only print an error, so
# each is run; `venv` is missing from some distributions' Python.
find_python() {
  local candidate candidates=(
    python3.11 python3.10 python3.9 python3 /usr/bin/python3.11
    /usr/local/bin/python3.11 "$HOME"/.pyenv/versions/3.{11,10,9}.*/bin/python)
  [ -n "${PYTHON:-}" ] && candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    "$candidate" -c 'import sys, venv, ensurepip
sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 11))' >/dev/null 2>&1 ||
      continue
    printf '%s' "$candidate"
    return 0
  done
  return 1
}

# Measured: 2.3 GB of .venv; pip keeps up to 0.9 GB of wheels beside it; CUDA's
# wheels are 2.9 GB more.
NEEDED_MB=3500
[ "$GPU" = yes ] && NEEDED_MB=9000
FREE_MB=$(df -Pm . | awk 'NR == 2 {print $4}')
if [ ! -f "$STAMP" ] && [ "${FREE_MB:-0}" -lt "$NEEDED_MB" ]; then
  fail 4 "set-up needs $NEEDED_MB MB of disk, $(pwd) has $FREE_MB MB left."
fi

if ! whole; then
  PYTHON_FOUND=$(find_python) || fail 3 \
    "${PYTHON:-on this machine} is no Python 3.9, 3.10 or 3.11 with venv, and" \
    "TensorFlow 2.15 runs on no other. Install one, e.g. with 'sudo apt" \
    "install python3.11 python3.11-venv', or name it:" \
    "make setup PYTHON=/path/to/python3.11"
  say "setting up $VENV with $(version "$PYTHON_FOUND"), once: one to three" \
    "minutes"
  rm -rf $VENV
  mkdir $VENV || fail 4 "cannot write to $(pwd)."
  "$PYTHON_FOUND" -m venv $VENV >"$LOG" 2>&1 || {
    tail -n 5 "$LOG" >&2; fail 6 "$PYTHON_FOUND cannot make a venv."; }
else
  say "bringing $VENV ($(version $VENV/bin/python)) up to date"
fi
rm -f "$STAMP"

: >"$LOG"
NO_NETWORK="connection|timed out|name resolution|ProxyError|from versions: none"
install() {
  $VENV/bin/python -m pip install --no-deps --no-build-isolation \
    --disable-pip-version-check --progress-bar off "$@" >>"$LOG" 2>&1 && return
  say "----- the end of $LOG:"
  grep -v "^WARNING: Location\|^$" "$LOG" | tail -n 15 >&2
  if grep -q "No space left on device" "$LOG"; then
    fail 4 "the disk is full."
  elif grep -qiE "$NO_NETWORK" "$LOG"; then
    fail 5 "no package could be fetched: pip reaches no registry. Check the" \
      "network, the proxy, and 'pip config list'; then run this again."
  fi
  fail 5 "pip failed (see above, all of it in $LOG)."
}

grep -E "^(setuptools|wheel)==" t2t_af/tensor2tensor.txt >$VENV/build.txt
install -r $VENV/build.txt
install -r requirements.txt
[ "$GPU" = yes ] && install -r requirements-gpu.txt
# Last, because tensor2tensor brings scripts named t2t-trainer etc. of its own,
# which do not run; ours replace them.
install --force-reinstall --use-pep517 --editable .

ours || fail 6 "the commands in $VENV/bin are not ours; see $LOG"

{ echo "$WANTED"; [ "$GPU" = yes ] && echo gpu; true; } >"$STAMP"
say "done; '. $VENV/bin/activate' puts t2t-trainer, t2t-af ... on PATH"
