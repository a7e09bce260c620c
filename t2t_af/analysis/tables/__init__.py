"""The paper's tables and a comparison's, in several forms."""
