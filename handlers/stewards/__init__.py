"""Stewards: units, launches, role invites, posters, headcounts, and their weekly message."""
