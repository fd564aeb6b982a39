"""What people type, read and not kept: language, mood, themes, care, and what is taken out before others read it."""
