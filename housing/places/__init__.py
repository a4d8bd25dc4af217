"""Communities, buildings, units, assets with their warranty, contractors."""
