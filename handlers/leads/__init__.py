"""Wellbeing leads: the digest, hotspots and their teams."""
