"""Settings of Spotizer: from the environment and ``.env``; the table in the README lists them all."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from ops.settings import environment
from spotizer import demo, env, hosts, logs
from spotizer.secret_key import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
CONTACT = "https://github.com/spotizer/spotizer"

env.read_dotenv(Path(os.environ.get("SPOTIZER_DOTENV") or BASE_DIR / ".env"))

# --- where things are ------------------------------------------------------------------------------------------------

DEMO = env.boolean("SPOTIZER_DEMO")
DEBUG = env.boolean("SPOTIZER_DEBUG")
DATA = demo.data_folder(BASE_DIR) if DEMO else env.folder("SPOTIZER_DATA", BASE_DIR / "data")
LIBRARY = DATA / "library" if DEMO else env.folder("SPOTIZER_LIBRARY", DATA / "library")
WORK = DATA / "work"
ART = DATA / "art"
PREVIEWS = DATA / "previews"  # half minutes that somebody hears, kept for minutes
LOGS = DATA / "logs"
HOST = env.text("SPOTIZER_HOST", "127.0.0.1")
PORT = env.integer("SPOTIZER_PORT", 7171, least=0, most=65535)

# The stand-in of all outside services. Where it is set, every outgoing request goes there as /<host>/<path>, and its
# origin is the one inner address that may be asked. Production does not have it.
SANDBOX_URL = env.text("SPOTIZER_SANDBOX_URL").rstrip("/")
# A folder with yt-dlp plug-ins, for the sandbox's media; without it plug-ins are off.
YTDLP_PLUGINS = env.text("SPOTIZER_YTDLP_PLUGINS")

# --- what can be changed while Spotizer runs --------------------------------------------------------------------------

# The environment's values, which nothing else can change, and the defaults, which stored ones replace. Code reads what
# is in force from ops.settings. The sandbox needs no pace.
_UNPACED = {"YOUTUBE_AT_ONCE": 0, "YOUTUBE_PACE_SECONDS": 0, "YOUTUBE_PER_HOUR": 0}
_VALUES, SET_BY_ENVIRONMENT = environment.read(os.environ, _UNPACED if SANDBOX_URL else None)
globals().update(_VALUES)
SETTINGS_SECONDS = 2.0  # how old the stored ones may be that a process goes by

# --- Django ----------------------------------------------------------------------------------------------------------

SECRET_KEY = env.secret("SPOTIZER_SECRET_KEY") or secret_key(DATA)
SECRET_KEY_FALLBACKS = env.words("SPOTIZER_OLD_SECRET_KEYS")

# Names by which this server may be called beside its own, the full addresses behind a reverse proxy, and the proxies
# whose X-Forwarded-* headers are believed. Our own check_host knows private addresses too, which ALLOWED_HOSTS cannot.
CSRF_TRUSTED_ORIGINS = env.origins("SPOTIZER_ORIGINS")
HOST_NAMES = [*hosts.own_names(HOST, CSRF_TRUSTED_ORIGINS), *map(str.lower, env.words("SPOTIZER_HOSTS"))]
ALLOWED_HOSTS = ["*"]
PROXIES = env.networks("SPOTIZER_PROXIES", ["127.0.0.0/8", "::1"])
ACCEL_REDIRECT = env.prefix("SPOTIZER_ACCEL_REDIRECT")  # where such a proxy has the library, to send its files itself
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # believe_proxies takes it from everybody else

# The owner, made at the first start where nobody is here yet; otherwise the set-up page asks.
OWNER = env.text("SPOTIZER_OWNER")
OWNER_PASSWORD = env.secret("SPOTIZER_OWNER_PASSWORD")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "ops",
    "accounts",
    "catalog",
    "history",
    "library",
    "downloads",
    "playlists",
    "spotizer.apps.SpotizerConfig",
]
MIDDLEWARE = [
    "spotizer.middleware.believe_proxies",
    "spotizer.middleware.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "spotizer.middleware.secure_answers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "spotizer.middleware.check_host",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "spotizer.shell.read_token_first",
    "accounts.middleware.keep_sign_ins",
    "accounts.middleware.sign_in_to_demo",
    "accounts.middleware.send_to_setup",
    "accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "spotizer.middleware.refuse_nul",
    "ops.middleware.answer_in_time",
]
ROOT_URLCONF = "spotizer.urls"
WSGI_APPLICATION = "spotizer.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "spotizer.shell.shell",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# Cookies know no port: beside a demo on the same machine each keeps its own.
SESSION_COOKIE_NAME = "spotizer_demo" if DEMO else "spotizer"
CSRF_COOKIE_NAME = f"{SESSION_COOKIE_NAME}_csrf"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # the page's script sends it back as a header
CSRF_FAILURE_VIEW = "spotizer.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
LANGUAGE_CODE = "en"
TIME_ZONE = env.text("TZ", "UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"  # collected by `serve`
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "spotizer.static.HashedFiles"},
}

LOGGING = logs.configuration(
    LOGS,
    level=env.choice("SPOTIZER_LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper(),
    is_served=False,  # `serve` and `work` change it
)

# --- database: measured choices, see docs/decisions/0001-sqlite.md ----------------------------------------------------

DATABASE_URL = "" if DEMO else env.secret("DATABASE_URL")
DATABASES = {
    "default": dj_database_url.parse(DATABASE_URL or f"sqlite:///{DATA}/spotizer.sqlite3", conn_max_age=600),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # django-q2's broker closes "old" connections at every call: without an age (above) each call reconnects.
    DATABASES["default"] |= {
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;",
        },
        # A file, so that the threads and processes of one test meet in it.
        "TEST": {"NAME": str(DATA / "test.sqlite3")},
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- queue -----------------------------------------------------------------------------------------------------------

# Tokens only (downloads/tasks.py): the Download table is the queue of record, so nothing here retries.
Q_CLUSTER = {
    "name": "spotizer",
    "cluster_name": "downloads",
    "orm": "default",
    "workers": _VALUES["WORKERS"],  # the cluster takes what is in force when it starts
    "queue_limit": 1,
    "timeout": 3600,
    "retry": 12000,
    "poll": 0.5,
    "save_limit": -1,
    "ack_failures": True,
    "max_attempts": 1,
    "scheduler": False,  # what comes round is the sweeper's
}
LEASE_SECONDS = env.integer("SPOTIZER_LEASE_SECONDS", 60, least=5, most=3600)

# --- sources and catalogues ------------------------------------------------------------------------------------------

SERVICE_URLS = {
    "deezer": env.text("SPOTIZER_DEEZER_URL", "https://api.deezer.com"),
    "spotify": "https://api.spotify.com/v1",
    "spotify_accounts": "https://accounts.spotify.com",
    "spotify_oembed": "https://open.spotify.com/oembed",
    "musicbrainz": env.text("SPOTIZER_MUSICBRAINZ_URL", "https://musicbrainz.org/ws/2"),
    "cover_art_archive": "https://coverartarchive.org",
    "lrclib": env.text("SPOTIZER_LRCLIB_URL", "https://lrclib.net/api"),
    "acoustid": "https://api.acoustid.org/v2",
    "lastfm": "https://ws.audioscrobbler.com/2.0/",
}
SPOTIFY_CLIENT_ID = env.secret("SPOTIFY_CLIENT_ID")
SPOTIFY_CLIENT_SECRET = env.secret("SPOTIFY_CLIENT_SECRET")
# yt-dlp and its companions are renewed into the data folder, from this index, tried with this video first.
ENGINE_INDEX = env.address("SPOTIZER_ENGINE_INDEX") or "https://pypi.org/simple"
ENGINE_PROBE = env.text("SPOTIZER_ENGINE_PROBE", "https://www.youtube.com/watch?v=jNQXAC9IVRw")
ENGINE_PROBE_WORDS = env.text("SPOTIZER_ENGINE_PROBE_WORDS")
FFMPEG = env.text("SPOTIZER_FFMPEG")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spotizer.settings")
