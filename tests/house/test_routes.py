"""The one table of routes: every row names its permission, and every permission has somebody."""

from itertools import pairwise

import pytest
from aiohttp import web

from scheduling.actor import Role
from server.permissions import ROLE_PERMISSIONS, Permission, allows
from server.routes import ROUTES, Route, add_routes

OPEN = {
    "/",
    "/demo",
    "/demo/enter/{token}",
    "/healthz",
    "/readyz",
    "/metrics",  # with the operator's token
    "/feed/{secret}.ics",
    "/guest",
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/language",
}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_asks_for_a_permission(route: Route) -> None:
    assert isinstance(route.permission, Permission)
    if route.permission is Permission.PUBLIC:
        assert route.path in OPEN, "only these are open to everybody; name a permission"


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_belongs_to_a_role(permission: Permission) -> None:
    assert any(allows(role, permission) for role in Role)


def test_every_role_is_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_nobody_signed_in_may_only_what_is_public() -> None:
    assert [permission for permission in Permission if allows(None, permission)] == [Permission.PUBLIC]


def test_rows_of_one_path_share_a_name_and_stand_together() -> None:
    names: dict[str, str] = {}
    for before, row in pairwise((ROUTES[0], *ROUTES)):
        assert row.path not in names or (before.path == row.path and names[row.path] == row.name), row
        names[row.path] = row.name
    assert len(set(names.values())) == len(names)


def test_reading_never_changes_and_changes_are_posts() -> None:
    assert {route.method for route in ROUTES} == {"GET", "POST"}


def test_the_application_serves_the_table_and_nothing_else() -> None:
    app = web.Application()
    add_routes(app, ROUTES)
    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert served == {(route.method, route.path) for route in ROUTES}
