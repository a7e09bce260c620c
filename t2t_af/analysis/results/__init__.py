"""What runs left on disk: folders, records, arrays."""
