"""Whether this process answers and reaches its database."""

from aiohttp import web
from sqlalchemy import text

from server.exchange import answer_json, reading


async def show_health(request: web.Request) -> web.Response:
    """200 once the database has answered."""
    async with reading(request) as session:
        await session.execute(text("SELECT 1"))
    return answer_json()
