"""The commands: tensor2tensor's own four, and `t2t-af`."""
