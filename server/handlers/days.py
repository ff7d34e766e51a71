"""The day and the week: what takes place, where, and what is still to be answered."""

from aiohttp import web

from server.exchange import reading
from server.pages import render
from server.views.days import day_page, week_page


async def show_day(request: web.Request) -> web.Response:
    """One day of whoever reads."""
    async with reading(request) as session:
        facts = await day_page(request, session)
    return render(request, "day/day.html", **facts)


async def show_week(request: web.Request) -> web.Response:
    """The week in which a day lies."""
    async with reading(request) as session:
        facts = await week_page(request, session)
    return render(request, "day/week.html", **facts)
