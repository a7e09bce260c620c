"""Numbers out of arrays: correlation, calibration, quality. No drawing."""
