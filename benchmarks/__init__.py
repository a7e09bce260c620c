"""Speed, each against what it is to be measured by: `t2t-af bench`."""
