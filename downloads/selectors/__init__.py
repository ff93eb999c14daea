"""Reads for pages: what stands beside a track or album, the queue's sections, what changed since."""
