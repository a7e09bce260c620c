"""Drawing: lines and bars as SVG, frames and series as PNG."""
