"""Deezer's public API: the catalogue that needs no account."""
