"""A yardstick: models of data space in plain PyTorch, run frame by frame.

Written from the paper's App. B, as a loop over time in Python. `python
benchmarks/pytorch` measures it in a process without TensorFlow, whose memory
would count; `t2t-af bench pytorch` sets it beside ours.
"""
