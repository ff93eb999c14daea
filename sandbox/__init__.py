"""Stand-ins of the outside services on the loopback. Imports nothing of the product, nor is it imported by it."""
