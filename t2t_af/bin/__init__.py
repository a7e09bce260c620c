"""The commands: tensor2tensor's four, and `t2t-af`."""
