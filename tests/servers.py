"""HTTP servers on loopback that answer as they are told, or misbehave on purpose."""

import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Answers by path: `pages[path]` is a callable that gets the handler, or (status, headers,
    body). What was asked stands in `asked` as (method, path, headers, body).
    """

    def __init__(self, context=None):
        self.pages, self.asked = {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                with suppress(OSError):
                    super().handle_one_request()

            def do_GET(self):
                size = int(self.headers.get("Content-Length") or 0)
                outer.asked.append(
                    (self.command, self.path, dict(self.headers.items()), self.rfile.read(size))
                )
                page = outer.pages.get(self.path, (404, {}, b""))
                if callable(page):
                    page = page(self)
                if page is not None:
                    self.answer(*page)

            do_POST = do_GET

            def answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if not {"Content-Length", "Transfer-Encoding"} & headers.keys():
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self.port = self._server.server_address[1]

    def url(self, path="/", host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def headers(self, number=-1):
        return self.asked[number][2]


@contextmanager
def serving(context=None):
    server = Server(context)
    thread = threading.Thread(target=server._server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server._server.shutdown()
        server._server.server_close()
        thread.join()


@contextmanager
def speaking(talk):
    """A server below HTTP: `talk` gets each connection; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    talk(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
