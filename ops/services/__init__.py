"""What every app above may use of the shared tables: one module per thing."""
