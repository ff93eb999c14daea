"""What each origin says of recordings, albums and artists, and what counts. See docs/metadata.md."""
