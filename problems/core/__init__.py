"""What data sets share: sequences, shards, splits, reading, writing."""
