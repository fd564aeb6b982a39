"""Staff: joining, checking in, looking at results, leaving."""
