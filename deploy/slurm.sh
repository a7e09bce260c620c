#!/bin/bash
# Several workers on Slurm, one a node: docs/several_workers.md.
#
#   sbatch deploy/slurm.sh --problem=video_bair --data_dir=/shared/data \
#       --model=video_flow --hparams_set=video_flow_af_bair \
#       --output_dir=/shared/runs/bair_af --train_steps=100000
#
# Submitted again with the same flags, it goes on from the last checkpoint.
#SBATCH --job-name=t2t_af
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-task=1
#SBATCH --cpus-per-task=8
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@300

PORT=${PORT:-2222}
WORKERS=$(
  scontrol show hostnames "$SLURM_JOB_NODELIST" |
    sed "s/.*/\"&:$PORT\"/" | paste -sd, -
)
export WORKERS

# Each task is the worker of its number. One that ends in an error ends the job.
srun --kill-on-bad-exit=1 bash -c '
  TF_CONFIG="{\"cluster\": {\"worker\": [$WORKERS]},"
  TF_CONFIG="$TF_CONFIG \"task\": {\"type\": \"worker\", \"index\": $SLURM_PROCID}}"
  export TF_CONFIG
  exec t2t-trainer "$@"
' worker "$@"
