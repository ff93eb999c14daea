"""What ``serve`` and ``work`` are made of: the parts that run, and the one process that keeps them running."""
