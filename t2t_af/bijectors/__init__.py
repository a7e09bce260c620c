"""Bijectors across time. The network comes as a callable, never inside."""
