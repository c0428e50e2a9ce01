"""Settings of every process that runs Django. docs/operate/settings.md has a heading for each COLLOQUE_ name."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from colloque.config.database import read_database_url
from colloque.config.env import envbool, envint, envpath, envsecret, envtext

# What the operator says

COLLOQUE_HOME = envpath("COLLOQUE_HOME", ".colloque")
COLLOQUE_EMBEDDED = envbool("COLLOQUE_EMBEDDED")
COLLOQUE_ORIGIN = envtext("COLLOQUE_ORIGIN", "http://localhost:8000").rstrip("/")
COLLOQUE_NAME = envtext("COLLOQUE_NAME", "Colloque")
COLLOQUE_SECRET_KEY = envsecret("COLLOQUE_SECRET_KEY")
COLLOQUE_DATABASE_URL = envsecret("COLLOQUE_DATABASE_URL", "postgresql://colloque@localhost/colloque")
COLLOQUE_DATABASE_POOL = envint("COLLOQUE_DATABASE_POOL", 10, least=1, most=500)
COLLOQUE_VAULT_URL = envtext("COLLOQUE_VAULT_URL", "http://127.0.0.1:8001").rstrip("/")
COLLOQUE_VAULT_PROXY = envbool("COLLOQUE_VAULT_PROXY", default=COLLOQUE_EMBEDDED)
COLLOQUE_WEB_KEY = envpath("COLLOQUE_WEB_KEY", str(COLLOQUE_HOME / "keys" / "web.json"))
COLLOQUE_MAILER_KEY = envpath("COLLOQUE_MAILER_KEY", str(COLLOQUE_HOME / "keys" / "mailer.json"))
COLLOQUE_OFFICER_KEY = envpath("COLLOQUE_OFFICER_KEY", str(COLLOQUE_HOME / "keys" / "officer.json"))
COLLOQUE_RULES = envtext("COLLOQUE_RULES")
COLLOQUE_BLOBS = envpath("COLLOQUE_BLOBS", str(COLLOQUE_HOME / "blobs"))
COLLOQUE_SMTP_URL = envsecret("COLLOQUE_SMTP_URL", "smtp://127.0.0.1:2525")
COLLOQUE_MAIL_FROM = envtext("COLLOQUE_MAIL_FROM", "Colloque <ne-pas-repondre@localhost>")
COLLOQUE_TURN_URL = envtext("COLLOQUE_TURN_URL")
COLLOQUE_TURN_SECRET = envsecret("COLLOQUE_TURN_SECRET")
COLLOQUE_VALKEY_URL = envsecret("COLLOQUE_VALKEY_URL")
COLLOQUE_WEB_PROCESSES = envint("COLLOQUE_WEB_PROCESSES", 1, least=1, most=64)
COLLOQUE_BIND = envtext("COLLOQUE_BIND", "127.0.0.1")
COLLOQUE_TRUSTED_PROXY = envtext("COLLOQUE_TRUSTED_PROXY")

# What follows from it

_origin = urlsplit(COLLOQUE_ORIGIN)
COLLOQUE_HOST = _origin.hostname or ""
IS_SECURE = _origin.scheme == "https"
_socket_origin = f"{'wss' if IS_SECURE else 'ws'}://{_origin.netloc}"

DEBUG = False
SECRET_KEY = COLLOQUE_SECRET_KEY or "unset: the checks refuse to start"
ALLOWED_HOSTS = [COLLOQUE_HOST]
CSRF_TRUSTED_ORIGINS = [COLLOQUE_ORIGIN]
ROOT_URLCONF = "colloque.config.urls_web"
USE_TZ = True
TIME_ZONE = "Europe/Paris"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "colloque.config",
    "colloque.accounts",
    "colloque.records",
    "colloque.consultations",
    "colloque.scheduling",
    "colloque.messaging",
    "colloque.documents",
    "colloque.video",
    "colloque.notifications",
    "colloque.incidents",
    "colloque.pages",
    "channels",
    "procrastinate.contrib.django",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "colloque.kernel.http.RefusalsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csrf",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": read_database_url("COLLOQUE_DATABASE_URL", COLLOQUE_DATABASE_URL)
}

# Fan-out between sockets: in memory for one web process, through Valkey for more. Messages are ids and states.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [COLLOQUE_VALKEY_URL], "prefix": "colloque"},
    }
    if COLLOQUE_VALKEY_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# Sessions and cookies

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-colloque" if IS_SECURE else "colloque"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = IS_SECURE
CSRF_FAILURE_VIEW = "colloque.kernel.http.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = IS_SECURE

# What a browser may do with our pages

SECURE_CSP: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "blob:"],
    "media-src": ["'self'", "blob:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", _socket_origin],
    "worker-src": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
}
# Nothing to anybody else. With "no-referrer" browsers send forms with `Origin: null`, and Django refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
# Only where the operator names the proxy in front; else anyone could claim to have come by TLS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if COLLOQUE_TRUSTED_PROXY else None

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # one sealed chunk of 1 MiB and its tag, and room to say so
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

# Languages

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [Path(__file__).parents[2] / "locale"]
LANGUAGE_COOKIE_NAME = "language"

STATIC_URL = "/static/"

# Mail goes out of the worker only

_smtp = urlsplit(COLLOQUE_SMTP_URL)
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _smtp.hostname or "127.0.0.1",
            "port": _smtp.port or 25,
            "username": unquote(_smtp.username or ""),
            "password": unquote(_smtp.password or ""),
            "use_ssl": _smtp.scheme == "smtps",
            "use_tls": _smtp.scheme == "smtp+starttls",
            "timeout": 10,
        },
    }
}
DEFAULT_FROM_EMAIL = COLLOQUE_MAIL_FROM

# Jobs are found by the worker only: the web names a job, and never loads what does it.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME: str | None = None
PROCRASTINATE_READONLY_MODELS = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "colloque.config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "colloque": {"level": "INFO"},
        "procrastinate": {"level": "WARNING"},
        # A request that was refused is the refusal's business; its path may hold an invitation's token.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security": {"level": "ERROR"},
    },
}
