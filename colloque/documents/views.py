"""Sealed files over HTTP, a chunk at a time (docs/spec/web-api.md, "Records")."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import UnreadablePostError

from colloque.documents import actions
from colloque.documents.errors import FileTooLarge, WrongChunk
from colloque.documents.upload import CHUNK_BYTES
from colloque.kernel.errors import ColloqueError, Malformed, NotSignedIn
from colloque.kernel.http import JsonRequest, NotAllowed, answer_error, json_view, person_of
from colloque.records.asking import asker_of

OCTETS = "application/octet-stream"


@json_view()
def blobs(request: JsonRequest) -> Any:
    data = request.data
    blob = actions.begin(
        asker_of(request), record_id=data.get("record"), compartment=data.get("compartment"),
        chunks=data.get("chunks"), size=data.get("size"),
    )  # fmt: skip
    return JsonResponse({"blob": str(blob.id)}, status=201)


@json_view()
def complete(request: JsonRequest, blob_id: str) -> Any:
    blob = actions.complete(asker_of(request), blob_id)
    return {"blob": str(blob.id)}


@json_view(methods=("DELETE",))
def blob(request: JsonRequest, blob_id: str) -> None:
    actions.cancel(asker_of(request), blob_id)


def chunk(request: HttpRequest, blob_id: str, number: int) -> HttpResponseBase:
    """PUT or GET the bytes of one sealed chunk. What is served is never for a browser to interpret."""
    try:
        if request.method not in ("GET", "PUT"):
            raise NotAllowed(request.method)
        asked = _admit(request)
        if request.method == "PUT":
            actions.put_chunk(asker_of(asked), blob_id, number, read_octets(request))
            return HttpResponse(status=204)
        with actions.open_chunk(
            asker_of(asked), blob_id, number, purpose=request.GET.get("purpose", "")
        ) as file:
            data = file.read()
    except ColloqueError as error:
        return answer_error(request, error)
    # A chunk is a mebibyte at most: read at once, it keeps no file open over a slow line.
    response = HttpResponse(data, content_type=OCTETS)
    response["Content-Disposition"] = 'attachment; filename="sealed"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def read_octets(request: HttpRequest) -> bytes:
    """Read the body, at most one chunk: told too long, it is refused before it is read."""
    if request.content_type != OCTETS:
        raise Malformed("content type")
    try:
        if int(request.headers.get("Content-Length") or 0) > CHUNK_BYTES:
            raise FileTooLarge
        body = request.body
    except ValueError as error:
        raise Malformed("content-length") from error
    except RequestDataTooBig as error:
        raise FileTooLarge from error
    except UnreadablePostError as error:
        raise WrongChunk("cut short") from error
    if len(body) > CHUNK_BYTES:
        raise FileTooLarge
    return body


def _admit(request: HttpRequest) -> JsonRequest:
    asked: JsonRequest = request  # type: ignore[assignment]  # signed in, as json_view makes it; the body is octets
    asked.person_id = person_of(request)
    if not asked.person_id:
        raise NotSignedIn
    return asked


chunk.is_public = False  # type: ignore[attr-defined]  # read by tests/architecture
