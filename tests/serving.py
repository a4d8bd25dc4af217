"""Stop a server of waitress that runs in a thread of a test."""

from threading import Thread

from waitress import wasyncore
from waitress.server import BaseWSGIServer


def stop(server: BaseWSGIServer, thread: Thread) -> None:
    """Close a server and its connections in its own loop.

    Closed from another thread, the loop may be polling a file descriptor that is gone by then.
    """
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(timeout=10)
    assert not thread.is_alive()
