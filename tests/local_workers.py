"""Several workers in one process: a server, a graph and a session for each."""

from concurrent import futures
import itertools

import tensorflow.compat.v1 as tf

from benchmarks import loopback
from t2t_af import session as session_lib
from t2t_af import workers


class LocalWorkers:
  """Workers whose graphs are made one after the other, and run together."""

  def __init__(self, monkeypatch, count):
    addresses = tuple(loopback.free_addresses(count))
    spec = tf.train.ClusterSpec({workers.JOB: list(addresses)})
    self._monkeypatch = monkeypatch
    self._all = [workers.Workers(addresses, i) for i in range(count)]
    servers = []
    for one in self._all:
      monkeypatch.setattr(workers._State, "workers", one)
      servers.append(
        tf.train.Server(spec, "worker", one.index, config=session_lib.config())
      )
    self._all = [
      one._replace(target=server.target)
      for one, server in zip(self._all, servers)
    ]
    self._servers = servers  # Which end with what refers to them.

  def run(self, build, run, seed=3):
    """What `run(session, build())` gives for each worker."""
    made = []
    for one in self._all:
      self._monkeypatch.setattr(workers._State, "workers", one)
      self._monkeypatch.setattr(workers, "_NUMBERS", itertools.count(1))
      with tf.Graph().as_default() as graph:
        tf.set_random_seed(seed)
        made.append((one, graph, build(), session_lib.config()))
    self._monkeypatch.setattr(workers._State, "workers", workers.Workers())

    def one_run(one, graph, built, config):
      with graph.as_default(), tf.Session(one.target, config=config) as session:
        return run(session, built)

    with futures.ThreadPoolExecutor(len(made)) as pool:
      running = [pool.submit(one_run, *of_one) for of_one in made]
      return [one.result(timeout=120) for one in running]


def alone(build, run, seed=3):
  """The same of a process that trains alone."""
  with tf.Graph().as_default():
    tf.set_random_seed(seed)
    built = build()
    with tf.Session(config=session_lib.config()) as session:
      return run(session, built)
