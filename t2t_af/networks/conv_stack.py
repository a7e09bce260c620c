"""The network of three convolutions that Glow and the priors are made of."""

from typing import Callable, NamedTuple, Optional

import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af.networks import layers


class ConvStack(NamedTuple):
  """conv 3x3, relu, gated (or relu) conv 1x1, zero-initialised conv 3x3.

  Attributes:
    channels, mid_channels, out: that come in, of the two hidden layers, and
      that go out.
    activation: `gatu`: tanh(conv(h)) * sigmoid(conv(h)), or `relu`.
    dilation: of the 3x3 convolutions.
    num_steps: of the window; None: of frames.
    precision: as of `layers.Conv`.
  """

  channels: int
  mid_channels: int
  out: int
  activation: str
  dilation: int = 1
  num_steps: Optional[int] = None
  precision: str = session.FLOAT32

  def weights(self) -> tuple[layers.Weights, ...]:
    """Reads the variables, under the current scope."""
    return tuple(conv.weights() for conv in self._convs())

  def apply(
    self,
    xs: layers.Window,
    weights: tuple[layers.Weights, ...],
    num_outputs: Optional[int] = None,
  ) -> layers.Window:
    """The last `num_outputs` steps of the result; zeros at initialisation.

    Args:
      xs: the whole window, or (frames,).
      weights: of `weights`.
      num_outputs: None: all.
    """
    by_name = {c.name: w for c, w in zip(self._convs(), weights)}
    num_outputs = num_outputs or len(xs)
    # A 3x3 convolution looks one step back.
    num_hidden = min(num_outputs + 1, len(xs))
    num_steps = {"zeros": num_outputs}

    def layer(conv: layers.Conv, h: layers.Window) -> layers.Window:
      steps = num_steps.get(conv.name, num_hidden)
      return conv.apply(h, by_name[conv.name], steps)

    return self._network(xs, layer)

  def initialize(
    self,
    xs: layers.Window,
    weights: tuple[layers.Weights, ...],
    batch_number: tf.Tensor,
  ) -> tuple[layers.Window, tuple[layers.Weights, ...]]:
    """As `apply` of all steps, and the weights that xs set (`ddi`)."""
    by_name = {c.name: w for c, w in zip(self._convs(), weights)}

    def layer(conv: layers.Conv, h: layers.Window) -> layers.Window:
      h, by_name[conv.name] = conv.initialize(
        h, by_name[conv.name], batch_number
      )
      return h

    return self._network(xs, layer), tuple(by_name.values())

  def _network(
    self,
    xs: layers.Window,
    layer: Callable[[layers.Conv, layers.Window], layers.Window],
  ) -> layers.Window:
    first, *second, last = self._convs()
    h = tuple(tf.nn.relu(h_t) for h_t in layer(first, xs))
    if self.activation == "gatu":
      gates = zip(*[layer(conv, h) for conv in second])
      h = tuple(tf.tanh(a) * tf.sigmoid(b) for a, b in gates)
    else:
      h = tuple(tf.nn.relu(h_t) for h_t in layer(second[0], h))
    return layer(last, h)

  def _convs(self) -> list[layers.Conv]:
    mid, tail = self.mid_channels, (self.num_steps, self.precision)

    def hidden(
      name: str, channels: int, size: int, dilation: int
    ) -> layers.Conv:
      name = "conv_block/" + name
      return layers.Conv(name, channels, mid, size, dilation, False, *tail)

    names = ["1_tanh", "1_sigm"] if self.activation == "gatu" else ["1_2"]
    return [
      hidden("1_1", self.channels, 3, self.dilation),
      *[hidden(name, mid, 1, 1) for name in names],
      layers.Conv("zeros", mid, self.out, 3, self.dilation, True, *tail),
    ]
