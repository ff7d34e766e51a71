"""Sealed files: the list of one interview, and the download of one as a plain age file."""

import asyncio
import contextlib
import io

from aiohttp import web

from recordings.hand_over import hand_over
from recordings.queries import sealed_files_for
from recordings.store_facts import facts_for
from scheduling.trail import record_view
from server.exchange import actor, clock, transaction
from server.pages import render
from server.views.sealed import folder_of, sealed_facts

PIECE_BYTES = 256 * 1024


async def show_sealed(request: web.Request) -> web.Response:
    """Every sealed file of an interview, with its chain of custody."""
    interview_id = request.match_info["interview_id"]
    async with transaction(request) as session:
        facts = await facts_for(session, actor(request), interview_id)
        rows = await sealed_files_for(session, actor(request), interview_id) or ()
        await record_view(session, clock(request), actor(request), "sealed", interview_id)
        shown = await sealed_facts(request, session, facts, rows)
    return render(request, "sealed/list.html", **shown)


async def download(request: web.Request) -> web.StreamResponse:
    """Send header and body as one age file."""
    return await _send(request, *await _taken(request))


async def download_tail(request: web.Request) -> web.StreamResponse:
    """Send what stands beside a part that a crash cut: an age file with its last second."""
    stream, name = await _taken(request, tail=True)
    return await _send(request, stream, f"{name.removesuffix('.age')}.tail")


async def _taken(request: web.Request, *, tail: bool = False) -> tuple[io.RawIOBase, str]:
    """Open the file and give its download name; nothing is sent before this is written down."""
    who, file_id = actor(request), request.match_info["file_id"]
    async with transaction(request) as session:
        file = await hand_over(session, clock(request), who, file_id=file_id, tail=tail)
        rows = await sealed_files_for(session, who, file.interview_id) or ()
        folder = folder_of(request, file.interview_id)
        if tail and (file.is_whole or not folder.has_tail(file_id)):
            raise web.HTTPNotFound
        stream = await asyncio.to_thread(folder.open_tail if tail else folder.open, file_id)
    return stream, next(row.download_name for row in rows if row.file.id == file_id)


async def _send(request: web.Request, stream: io.RawIOBase, name: str) -> web.StreamResponse:
    with stream:
        response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
        response.content_type = "application/octet-stream"
        response.content_length = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):  # whoever leaves in the middle asks again
            while piece := await asyncio.to_thread(stream.read, PIECE_BYTES):
                await response.write(piece)
            await response.write_eof()
    return response
