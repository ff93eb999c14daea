"""The Internet Archive: sound that people gave away, often lossless, with its licence."""
