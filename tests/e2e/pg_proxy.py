"""A door to the tests' server that can be slammed: it hands on what a connection says, until told
to cut it, at a number of bytes or at a statement."""

import os
import select
import shutil
import socket
import tempfile
import threading

SOCKET = ".s.PGSQL.5432"
CHUNK_BYTES = 1 << 16


class Proxy:
    """A folder with a socket that leads to the server's."""

    def __init__(self, server):
        self.server = server
        self.folder = tempfile.mkdtemp(prefix="strata-proxy-")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.folder, SOCKET))
        self.listener.listen()
        self.hand_on()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """The door and its folder are gone."""
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def location(self, located):
        """A store's location, through here."""
        return located.replace(self.server, self.folder)

    # ---- what is to happen ----

    def hand_on(self):
        """Nothing is cut; counting begins anew."""
        self.sent, self.seen = 0, 0
        self.bytes_max, self.word, self.number, self.answered = None, b"COMMIT\0", None, False
        self.cuts = 0

    def cut_at_bytes(self, count):
        """Both sides see the connection closed once the client has said so much."""
        self.hand_on()
        self.bytes_max = count

    def cut_at_commit(self, number, answered):
        """The connection goes with the client's COMMIT of that number: before the server gets it,
        or after it has answered and before the client hears."""
        self.hand_on()
        self.number, self.answered = number, answered

    # ---- what happens ----

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(os.path.join(self.server, SOCKET))
                while self._turn(client, server):
                    pass
            except OSError:
                pass

    def _turn(self, client, server):
        for side in select.select([client, server], [], [])[0]:
            data = side.recv(CHUNK_BYTES)
            if not data:
                return False
            if side is server:
                client.sendall(data)
            elif not self._client_said(data, server):
                self.cuts += 1
                return False
        return True

    def _client_said(self, data, server):
        """Whether the connection goes on."""
        if self.bytes_max is not None and self.sent + len(data) > self.bytes_max:
            server.sendall(data[:self.bytes_max - self.sent])
            return False
        self.sent += len(data)
        self.seen += data.count(self.word)
        if self.number is not None and self.seen >= self.number:
            if self.answered:
                server.sendall(data)
                server.recv(CHUNK_BYTES)
            return False
        server.sendall(data)
        return True
