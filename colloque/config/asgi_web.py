"""The web process: static files, pages and API by Django, sockets by Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colloque.config.settings.web")

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from colloque.config.checks import refuse_unsafe  # noqa: E402  apps must be loaded
from colloque.config.static import with_static  # noqa: E402
from colloque.consultations.routing import websocket_urlpatterns as consultation_sockets  # noqa: E402
from colloque.scheduling.routing import websocket_urlpatterns as queue_sockets  # noqa: E402
from colloque.video.routing import websocket_urlpatterns as video_sockets  # noqa: E402

refuse_unsafe()

# Our own origin and no other: a page elsewhere must not ride on a session.
sockets = OriginValidator(
    SessionMiddlewareStack(URLRouter([*video_sockets, *consultation_sockets, *queue_sockets])),
    [settings.COLLOQUE_ORIGIN],
)

application = with_static(ProtocolTypeRouter({"http": pages, "websocket": sockets}))
