"""Two real browsers, one test relay: what a call does when all goes well, and when the network does not."""

# ruff: noqa: E501  what the browser runs, and commands, stay on one line

import pytest
from playwright.sync_api import Browser, Page

from tests.video.conftest import TOLD, Joining, until_state
from tests.video.relay import Relay, serving


def has_pictures(page: Page) -> bool:
    before = page.evaluate("harness.frames()")
    page.wait_for_function("n => harness.frames() > n + 5", arg=before)
    return True


def test_two_browsers_see_each_other_and_say_so(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice = join("patient", port)
        until_state(alice, "alone")
        bose = join("practitioner", port)
        for page in (alice, bose):
            until_state(page, "connected")
            assert has_pictures(page)
            assert page.evaluate("harness.view().remote.mic") == "on"
            assert page.evaluate("harness.states")[-1] == "connected"


def test_offers_that_cross_end_in_one_call(relay: Relay, browser: Browser) -> None:
    with serving(relay) as port, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"http://localhost:{port}/")
        page.wait_for_function("() => globalThis.harness !== undefined")
        result = page.evaluate("harness.glare()")
    assert result == {"polite": "connected", "impolite": "connected", "lines": 2, "same": True}


@pytest.mark.long
def test_leaving_is_told_at_once_and_one_may_come_back(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(bose, "connected")
        alice.evaluate("harness.session().leave()")
        until_state(alice, "ended")
        until_state(bose, "alone", timeout=TOLD)
        assert bose.evaluate("harness.view().peerLeft") is True
        again = join("patient", port)
        until_state(again, "connected")
        until_state(bose, "connected")
        assert has_pictures(bose)


@pytest.mark.long
def test_a_page_that_is_reloaded_finds_the_call_again(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(alice, "connected")
        bose.close()
        until_state(alice, "alone", timeout=TOLD)
        until_state(join("practitioner", port), "connected")
        until_state(alice, "connected")
        assert has_pictures(alice)


@pytest.mark.long
def test_the_call_stands_while_the_signalling_server_is_restarted(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(alice, "connected")
        until_state(bose, "connected")
    assert has_pictures(alice)
    assert alice.evaluate("harness.view().state") == "connected"
    with serving(relay, port):
        alice.wait_for_function("() => harness.session()")
        alice.wait_for_timeout(2500)
        # The line of signals is back: what needs it works again.
        alice.evaluate("harness.session().local.setAudioOnly(true)")
        bose.wait_for_function("() => harness.view().remote.audioOnly")
        alice.evaluate("harness.session().leave()")
        until_state(bose, "alone", timeout=TOLD)


@pytest.mark.long
def test_mute_camera_and_audio_only_are_told_truly(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(bose, "connected")
        alice.evaluate("harness.session().local.setMic(false)")
        bose.wait_for_function("() => harness.view().remote.mic === 'off'")
        alice.evaluate("harness.session().local.setCamera(false)")
        bose.wait_for_function("() => harness.view().remote.camera === 'off'")
        alice.evaluate("harness.session().local.setCamera(true)")
        bose.wait_for_function("() => harness.view().remote.camera === 'on'")
        assert has_pictures(bose)
        alice.evaluate("harness.session().local.setAudioOnly(true)")
        bose.wait_for_function("() => harness.view().remote.audioOnly")
        alice.wait_for_function(
            "() => harness.session().connection.getTransceivers().find(t => t.receiver.track.kind === 'video').currentDirection === 'inactive'"
        )
        assert alice.evaluate("harness.view().state") == "connected"
        alice.evaluate("harness.session().local.setAudioOnly(false)")
        assert has_pictures(bose)
        assert has_pictures(alice)


@pytest.mark.long
def test_a_camera_that_is_unplugged_leaves_the_call_standing(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(bose, "connected")
        alice.evaluate(
            """() => { const track = harness.session().local.track('video');
            navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
            track.stop(); track.dispatchEvent(new Event('ended')); }"""
        )
        bose.wait_for_function("() => harness.view().remote.camera === 'none'")
        assert alice.evaluate("harness.view().local.problems.video") == "unplugged"
        assert alice.evaluate("harness.view().state") == "connected"
