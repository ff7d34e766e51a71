"""Whether this process answers, and whether it can serve."""

from aiohttp import web
from sqlalchemy import text

from server.exchange import answer_json, reading


async def show_health(request: web.Request) -> web.Response:
    """200 while the process answers, whatever else is wrong: a restart would not mend it."""
    del request
    return answer_json()


async def show_readiness(request: web.Request) -> web.Response:
    """200 once the database has answered, 503 while it does not."""
    async with reading(request) as session:
        await session.execute(text("SELECT 1"))
    return answer_json()
