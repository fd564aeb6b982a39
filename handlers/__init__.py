"""What people see and do, one package per audience, and what the clock does. No SQL, no arithmetic."""
