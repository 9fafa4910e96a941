"""The smallest Django that is honest: no middleware, no sessions, a kept connection, SQLite as fast as it goes."""

import os
from urllib.parse import parse_qs, urlsplit

SECRET_KEY = "bench only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "django_app.views"
INSTALLED_APPS = ["django_app"]
MIDDLEWARE = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

_address = urlsplit(os.environ["BENCH_DATABASE"])
if _address.scheme == "sqlite":
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _address.path[1:],
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
else:
    _database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.path[1:],
        "USER": _address.username,
        "HOST": parse_qs(_address.query)["host"][0],
    }
DATABASES = {"default": {**_database, "CONN_MAX_AGE": None}}
