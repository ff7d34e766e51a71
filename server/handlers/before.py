"""What will happen in an interview, told beforehand."""

from aiohttp import web

from server.exchange import language, see_other
from server.handlers.room import view_of
from server.pages import render
from server.room_words import in_words


@in_words
async def show_before(request: web.Request) -> web.Response:
    """Tell the reader, and through them the person, what will happen on the line; without one, nothing."""
    view = await view_of(request)
    if not view.has_line:
        return see_other(request, "interview", interview_id=view.interview_id)
    code = language(request).code
    return render(
        request,
        "interview/before.html",
        is_host=view.is_host,
        country=view.country_names[code],
        interview_id=view.interview_id,
        starts_at=view.starts_at,
    )
