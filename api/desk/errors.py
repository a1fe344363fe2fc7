"""What the desk says to whoever is not signed in there, or may not do what they ask for."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.rendering import render_desk
from api.desk.signed_in import DeskRefused, DeskSignInNeeded
from api.routes.desk_accounts import sign_in_first
from assistant.staff.models import Right


def install_desk_errors(app: FastAPI) -> None:
    """Lead people to where they can sign in."""

    @app.exception_handler(DeskSignInNeeded)
    async def sign_in_needed(request: Request, _: DeskSignInNeeded) -> Response:
        return sign_in_first(request)

    @app.exception_handler(DeskRefused)
    async def refused(request: Request, exc: DeskRefused) -> Response:
        services = request.app.state.services
        if request.method == "GET" and request.url.path == "/desk" and exc.visit.member.may(Right.FIGURES):
            return RedirectResponse("/writers", 303)  # where a writer works
        return render_desk(request, services, exc.visit, "desk/refused.html", status=403, here="")
