"""Exit code 0 when pages are served: the image's HEALTHCHECK."""

import os
import sys
import urllib.request

address = f"http://127.0.0.1:{os.environ.get('SPOTIZER_PORT', '7171')}/healthz/"
try:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=4) as answer:
        sys.exit(answer.status != 200)
except OSError as exc:
    sys.exit(f"{address}: {exc}")
