# Spotizer in one container: pages, workers, ffmpeg and deno. It runs as PUID:PGID, never as root unless told so.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.lock .
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.12-slim
# Debian's ffmpeg is quicker than the one of the wheel; tini waits for orphans, which process 1 must.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg tini \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
RUN .venv/bin/python -m compileall -q -j 0 -x '\.venv/' . && mkdir -p /data /music
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data \
    SPOTIZER_HOST=0.0.0.0 \
    SPOTIZER_PORT=7171 \
    SPOTIZER_DATA=/data \
    SPOTIZER_LIBRARY=/music \
    PUID=1000 \
    PGID=1000
VOLUME ["/data", "/music"]
EXPOSE 7171
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "docker/healthcheck.py"]
ENTRYPOINT ["tini", "--", "docker/entrypoint.sh"]
CMD ["python", "manage.py", "serve"]
