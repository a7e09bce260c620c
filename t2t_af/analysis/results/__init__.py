"""What runs left on disk, found and read."""
