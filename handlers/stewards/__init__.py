"""Stewards: units and their launch."""
