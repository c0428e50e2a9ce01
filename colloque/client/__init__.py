"""The reference client: a patient and a practitioner played from outside, with real keys, over HTTP and sockets.

For operators after an upgrade, for tests, load and drills. It takes no shortcut: what it does, a browser does.
"""
