"""HR analysts: trends and exports."""
