"""How the weights that read comments are learnt, and how well they read people whom they have never met."""
