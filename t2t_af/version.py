"""The version, read by `t2t_af` and, as text, by setup.py."""

__version__ = "0.2.0"
