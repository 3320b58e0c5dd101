"""Interactive explorers, one module each. Each works by keyboard and has printed presets."""
