"""Models: importing this package registers them with tensor2tensor."""

from t2t_af import mended  # noqa: F401

# isort: split
from t2t_af.models import autoregressive_flow  # noqa: F401
from t2t_af.models import slvm  # noqa: F401
from t2t_af.models import video_flow  # noqa: F401
