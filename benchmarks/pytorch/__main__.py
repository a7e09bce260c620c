"""Measures training steps of a model in plain PyTorch; one line of JSON.

python benchmarks/pytorch --model=af1 --batch_size=16 --frames=13 --steps=2
"""

import argparse
import json
import resource
import statistics
import time

import models
import torch

_SIZE = 64
_LEARNING_RATE = 1e-4


def main() -> None:
  """Prints medians of the steps after a first one, and the peak of memory."""
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--model", choices=list(models.MODELS), required=True)
  parser.add_argument("--batch_size", type=int, required=True)
  parser.add_argument("--frames", type=int, required=True)
  parser.add_argument("--steps", type=int, required=True)
  args = parser.parse_args()
  torch.manual_seed(0)
  shape = models.MODELS[args.model]
  model = models.Model(shape)
  parameters = sum(p.numel() for p in model.parameters())
  if parameters != shape.parameters:
    raise SystemExit(f"{parameters} parameters, not {shape.parameters}")
  print(json.dumps(dict(_measure(model, args), parameters=parameters)))


def _measure(model: models.Model, args: argparse.Namespace) -> dict:
  optimizer = torch.optim.Adam(model.parameters(), _LEARNING_RATE)
  shape = (args.frames, args.batch_size, 1, _SIZE, _SIZE)
  pixels = torch.randint(256, shape).float()
  clock, processor = [], []
  for _ in range(1 + args.steps):
    start = time.perf_counter(), time.process_time()
    loss = model.loss((pixels + torch.rand(shape)) / 256.0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    clock.append(time.perf_counter() - start[0])
    processor.append(time.process_time() - start[1])
  if not torch.isfinite(loss):
    raise SystemExit(f"the loss is {loss.item()}")
  return dict(
    seconds=statistics.median(clock[1:]),
    cpu=statistics.median(processor[1:]),
    memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    loss=loss.item(),
  )


if __name__ == "__main__":
  main()
