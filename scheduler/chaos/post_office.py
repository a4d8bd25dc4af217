"""A mail server on this machine that refuses, hangs, hangs up or takes what is sent, as told."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MODES = ("refuse", "hang", "cut", "take")


class PostOffice(socketserver.ThreadingTCPServer):
    """The mail server.

    Attributes:
        mode: one of MODES: refuse the message, say nothing, hang up after it, or take it.
        taken: Message-IDs of what it took, and how often; also of what it took and hung up on.
        is_closing: set at the end, for those that hang.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.mode = "take"
        self.taken: Counter[str] = Counter()
        self.is_closing = threading.Event()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])


class _Counter(socketserver.StreamRequestHandler):
    """One conversation."""

    server: PostOffice

    def handle(self) -> None:
        """Talk until the other side says QUIT, or as the mode says."""
        if self.server.mode == "hang":
            self.server.is_closing.wait(60)
            return
        with suppress(OSError):
            self._say("220 chaos")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                if word == b"QUIT":
                    self._say("221 bye")
                    return
                if word == b"DATA":
                    if not self._take():
                        return
                elif word == b"MAIL" and self.server.mode == "refuse":
                    self._say("451 not now")
                else:
                    self._say("250 ok")

    def _take(self) -> bool:
        """Read a message; tell whether the conversation goes on."""
        self._say("354 go on")
        for line in iter(self.rfile.readline, b".\r\n"):
            if not line:
                return False
            if line.lower().startswith(b"message-id:"):
                number = line.partition(b":")[2].strip().decode()
                self.server.taken[number] += 1
        if self.server.mode == "cut":
            return False
        self._say("250 taken")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    """Open a mail server for a while."""
    office = PostOffice()
    thread = threading.Thread(target=office.serve_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        office.is_closing.set()
        office.shutdown()
        office.server_close()
        thread.join()
