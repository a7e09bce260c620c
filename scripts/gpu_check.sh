#!/usr/bin/env bash
# What a machine with a GPU is asked once: does everything train there, how
# soon, how fast, in how much memory. Ends with one table; records go to OUT.
#
#   scripts/gpu_check.sh [OUT]        default: gpu_check
#
# PY       a Python with the project installed  (default .venv/bin/python)
# DATA     where data is, or is made            (default OUT/data)
# LIMIT    seconds of each training             (default 300)
# STEPS    of each training                     (default 40)
# QUICK=1  tiny sets alone, few steps: tries the script itself, on a CPU too
#
# Kernels that the driver compiles for the card are kept in OUT/kernels, so
# that a second run of this script shows what they cost.
set -u
cd "$(dirname "$0")/.." || exit 1
OUT=${1:-gpu_check}
PY=${PY:-.venv/bin/python}
DATA=${DATA:-$OUT/data}
LIMIT=${LIMIT:-300}
STEPS=${STEPS:-40}
mkdir -p "$OUT/kernels"
export CUDA_CACHE_PATH=${CUDA_CACHE_PATH:-$(cd "$OUT" && pwd)/kernels}
export CUDA_CACHE_MAXSIZE=${CUDA_CACHE_MAXSIZE:-4294967296}
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}

say() { printf '\n== %s\n' "$*"; }
bench() {  # NAME FLAGS...
  "$PY" -W ignore -m t2t_af.bin.main bench "$@" --json="$OUT/bench.jsonl" ||
    echo "(bench $1 failed)"
}
trainings() {  # PROBLEM MODEL SETS BATCHES FLAGS LABEL
  bench trainer --problem="$1" --data_dir="$DATA" --model="$2" \
    --hparams_sets="$3" --batch_sizes="$4" --flags="${5:-}" \
    --steps="$STEPS" --limit="$LIMIT" --label="${6:-}"
}

if [ "${QUICK:-}" = 1 ]; then
  VIDEO=video_toy_pushing SETS=video_flow_tiny,video_flow_af_tiny
  BATCHES=4 STOCK=video_flow_tiny FULL='' FASTER=video_flow_tiny STEPS=4
  SERIES=af1_series_tiny FRAMES='--frames=2 --num_decodes=4 --rounds=1'
else
  VIDEO=video_toy_pushing64 SETS=video_flow_bair,video_flow_af_bair
  BATCHES=5,10,16 STOCK=video_flow_bair FULL=video_flow_bair_full,video_flow_af_bair_full
  FASTER=$SETS SERIES=af1_series_tiny FRAMES='--hparams_set=video_flow_bair'
fi

say "the machine"
"$PY" -W ignore -m t2t_af.bin.main doctor --data_dir="$OUT" --output_dir="$OUT" |
  grep -E "GPU|tensorflow |Python|disk"

say "the first start: what kernels cost ($(du -sh "$OUT/kernels" | cut -f1) kept so far)"
trainings "$VIDEO" video_flow "${SETS%%,*}" "${BATCHES%%,*}" "" "the first start"
echo "kernels kept now: $(du -sh "$OUT/kernels" | cut -f1)"

say "VideoFlow and VideoFlow + AF"
trainings "$VIDEO" video_flow "$SETS" "$BATCHES"

say "the stock VideoFlow"
trainings "$VIDEO" next_frame_glow "$STOCK" "${BATCHES%%,*}"

if [ -n "$FULL" ]; then
  say "full depth, without and with recomputation"
  trainings "$VIDEO" video_flow "$FULL" 4
  for set in ${FULL//,/ }; do
    trainings "$VIDEO" video_flow "$set" 4 "--hp_recompute True"
  done
fi

for flags in "--hp_jit_compile True" "--hp_precision tf32" \
  "--hp_precision mixed" "--hp_precision mixed --hp_jit_compile True" \
  "--xla_jit_level=1"; do
  say "precision and XLA: $flags (without: above)"
  trainings "$VIDEO" video_flow "$FASTER" "${BATCHES%%,*}" "$flags"
done

say "a series, in data space"
trainings series_particle autoregressive_flow "$SERIES" ""

say "best of 100 samples"
# shellcheck disable=SC2086
bench sampling $FRAMES

say "all of it: $OUT/bench.jsonl, $(wc -l <"$OUT/bench.jsonl") records"
"$PY" -W ignore -m t2t_af.bin.main bench table "$OUT/bench.jsonl"
