"""Whether this process answers, whether it can serve, and the figures of what it does."""

from aiohttp import web
from sqlalchemy import text

from server.app_keys import FIGURES, MEDIA
from server.exchange import answer_json, reading
from server.metrics import CONTENT_TYPE


async def show_health(request: web.Request) -> web.Response:
    """200 while the process answers, whatever else is wrong: a restart would not mend it."""
    del request
    return answer_json()


async def show_readiness(request: web.Request) -> web.Response:
    """200 once the database has answered, 503 while it does not."""
    async with reading(request) as session:
        await session.execute(text("SELECT 1"))
    return answer_json()


async def show_metrics(request: web.Request) -> web.Response:
    """The figures, for whoever holds the token of the keys folder; there is nothing here for anybody else."""
    figures = request.app[FIGURES]
    if not figures.opens(request.headers.get("Authorization", "")):
        raise web.HTTPNotFound
    text = figures.exposition(request.app[MEDIA])
    return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE})
