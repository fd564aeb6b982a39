"""Tables and intention-revealing verbs. Identity, answers and the ledger never import each other."""
