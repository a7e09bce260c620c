"""The paper's figures, and some beyond it, from what runs left."""
