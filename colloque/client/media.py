"""A call with sound and picture, by aiortc (an extra: `colloque[media]`, without which this cannot be imported)."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack

from colloque.client.call import Description, Seat
from colloque.client.errors import ClientError

CONNECT_SECONDS = 20
KINDS = ("audio", "video")


@dataclass
class Side:
    """A seat, and the connection made from it."""

    seat: Seat
    connection: Any
    frames: dict[str, asyncio.Future[float]]

    async def take(self, type_: str) -> None:
        found = await asyncio.to_thread(self.seat.take, type_)
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp=found.sdp, type=found.type))

    async def send(self) -> None:
        local = self.connection.localDescription
        await asyncio.to_thread(self.seat.send, Description(local.type, _one_fingerprint(local.sdp)))


def connect(caller: Seat, callee: Seat) -> float:
    """Connect both seats and wait for a frame of each kind on each side; returns the seconds from the offer to them."""
    return asyncio.run(_connect(caller, callee))


async def _connect(caller: Seat, callee: Seat) -> float:
    await asyncio.to_thread(caller.wait_for_other)
    sides = [_side(seat) for seat in (caller, callee)]
    offering, answering = sides
    try:
        for side in sides:
            _add_tracks(side.connection)
        started = time.monotonic()
        await offering.connection.setLocalDescription(await offering.connection.createOffer())
        await offering.send()
        await answering.take("offer")
        await answering.connection.setLocalDescription(await answering.connection.createAnswer())
        await answering.send()
        await offering.take("answer")
        waited = [future for side in sides for future in side.frames.values()]
        async with asyncio.timeout(CONNECT_SECONDS):
            at = await asyncio.gather(*waited)
        return max(at) - started
    except TimeoutError as error:
        states = ", ".join(str(side.connection.connectionState) for side in sides)
        raise ClientError(
            f"No sound or picture within {CONNECT_SECONDS} s (connections: {states}). "
            "Look whether TURN answers from here (UDP 3478), or run without the media extra."
        ) from error
    finally:
        for side in sides:
            await side.connection.close()


def _side(seat: Seat) -> Side:
    told = seat.person.browser.get(f"/api/consultations/{seat.consultation}/ice")
    servers = [RTCIceServer(**server) for server in told["iceServers"]]
    connection = RTCPeerConnection(RTCConfiguration(servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    loop = asyncio.get_running_loop()
    side = Side(seat, connection, {kind: loop.create_future() for kind in KINDS})
    waiting: set[asyncio.Task[None]] = set()

    @connection.on("track")
    def heard(track: Any) -> None:
        task = asyncio.create_task(_first_frame(track, side.frames[track.kind]))
        waiting.add(task)
        task.add_done_callback(waiting.discard)

    return side


async def _first_frame(track: Any, seen: asyncio.Future[float]) -> None:
    try:
        await track.recv()
    except MediaStreamError:
        return  # the connection closed first; whoever waits for the frame says so
    if not seen.done():
        seen.set_result(time.monotonic())


def _add_tracks(connection: Any) -> None:
    connection.addTrack(AudioStreamTrack())
    connection.addTrack(VideoStreamTrack())


def _one_fingerprint(sdp: str) -> str:
    """aiortc offers its certificate under three hashes; one is said, and that one is signed."""
    lines = (
        line
        for line in sdp.splitlines()
        if not line.startswith("a=fingerprint:") or line.startswith("a=fingerprint:sha-256 ")
    )
    return "\r\n".join(lines) + "\r\n"
