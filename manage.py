#!/usr/bin/env python3
"""Spotizer's command line."""

import sys

if __name__ == "__main__":
    from spotizer.commandline import main

    sys.exit(main(sys.argv))
