"""An instance as a web application: pages, API and the door for other instances."""

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from exchange import api, web
from exchange.instance import Instance
from exchange.web.doors import activitypub, inboxes
from exchange.web.frame import crowd, doorstep, proxies

LARGEST_FORM = 4 * 1024 * 1024  # bytes


def create_app(instance: Instance) -> Flask:
    """The WSGI application of an instance."""
    app = Flask("exchange", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.config["MAX_FORM_PARTS"] = 2000
    app.extensions["jumelage"] = instance
    app.json = json = DefaultJSONProvider(app)
    json.sort_keys = False  # languages keep their order
    inboxes.register(app, instance)
    if instance.settings.trusted_proxies:
        app.wsgi_app = proxies.behind(app.wsgi_app, instance.settings.trusted_proxies)  # type: ignore[assignment,method-assign]
    crowd.register(app)
    doorstep.register(app)
    activitypub.register(app, instance)
    api.register(app, instance)
    web.register(app, instance)
    return app
