"""What is done with a model and data: training runs, evaluations, samples."""
