"""AcoustID: which recording a sound is, by its fingerprint."""
