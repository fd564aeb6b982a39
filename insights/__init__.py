"""The pure domain: policy, release rule, hotspots, trends, charts. No framework, no I/O."""
