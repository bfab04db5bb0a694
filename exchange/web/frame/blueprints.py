"""The three audiences of the pages: everybody, officers at their desk, and those who govern the instance."""

from flask import Blueprint

public = Blueprint("public", "exchange.web")
officer = Blueprint("officer", "exchange.web")
admin = Blueprint("admin", "exchange.web")

BLUEPRINTS = (public, officer, admin)
