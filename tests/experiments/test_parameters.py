"""Trainable parameters, part by part."""

import pytest

from t2t_af import errors
from t2t_af.experiments import parameters


@pytest.mark.parametrize(
  "scope, part",
  [
    ("v/body/codec/revnet_2/0/w", "level 2: flow over the frame"),
    ("v/body/split_1/prior_on_z2/latent_flow/w", "level 1: latent flow"),
    ("v/body/split_1/prior_on_z2/conv/w", "level 1: prior"),
    ("v/body/top/latent_flow/w", "top level: latent flow"),
    ("v/body/top/conv/w", "top level: prior"),
    ("v/body/unconditional/w", "top level: prior"),
    ("a/body/flow/transform_1/initial/w", "flow 1: first steps"),
    ("a/body/flow/transform_1/conditioner/w", "flow 1"),
    ("s/body/slvm/encoder/w", "encoder"),
    ("s/body/slvm/decoder/w", "decoder"),
    ("s/body/slvm/latent_flow/w", "latent flow"),
    ("s/body/something/w", "other"),
  ],
)
def test_the_first_part_that_fits_a_variable_names_it(scope, part):
  assert parameters._part(scope) == part


def test_a_flow_has_its_parameters_under_its_transforms():
  one = parameters.count("af1_tiny")
  assert one == parameters.count("af1_tiny", "video_toy_pushing")
  assert set(one) == {"flow 0"}
  assert (
    one["flow 0"]
    < parameters.count("af1_tiny", None, "flow_width=40")["flow 0"]
  )


@pytest.mark.parametrize(
  "arguments, message",
  [
    (("af1_tini",), 'unknown hparams set "af1_tini"'),
    (("af1_tini", "video_bair"), 'unknown hparams set "af1_tini"'),
    (("af1_tiny", "video_bare"), 'Did you mean "video_bair"'),
    (("transformer_base",), "says no problem"),
  ],
)
def test_unknown_names_are_refused(arguments, message):
  with pytest.raises(errors.UserError, match=message):
    parameters.count(*arguments)
