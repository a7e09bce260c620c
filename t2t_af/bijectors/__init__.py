"""Bijectors across time. The network is never inside: it comes as a callable."""
