"""Names for types that no module of ours defines."""

from typing import Any

# tensor2tensor's hparam.HParams, or whatever has the same attributes.
HParams = Any
