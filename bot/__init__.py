"""Composition and runtime: settings, wiring, command line, clock, delivery."""
