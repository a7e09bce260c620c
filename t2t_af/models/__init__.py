"""Models: importing this package registers them with tensor2tensor."""

from t2t_af.models import autoregressive_flow  # pylint: disable=unused-import
from t2t_af.models import slvm  # pylint: disable=unused-import
from t2t_af.models import video_flow  # pylint: disable=unused-import
