"""A browser, and a server for the page that it shows."""

import http.server
import shutil
import threading

import pytest

from support import Program


class PageServer(http.server.ThreadingHTTPServer):
    """Serves the page to a browser, and receives what the page reports."""

    def __init__(self, page):
        self.told = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(page.encode() if self.path == "/" else b"")

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                outer.told.append(self.rfile.read(length).decode())
                self._answer(b"")

            def _answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Browser:
    """Chromium without a window. `told` holds what its page posts to `/told`."""

    def __init__(self, page, directory, options=()):
        program = shutil.which("chromium")
        if not program:
            pytest.skip("chromium is not installed")
        self._server = PageServer(page)
        self.told = self._server.told
        self._program = Program(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-timer-throttling",
             "--disable-renderer-backgrounding", "--disable-features=WebRtcHideLocalIpsWithMdns",
             "--remote-debugging-port=0", f"--user-data-dir={directory / 'profile'}",
             *options, f"http://127.0.0.1:{self._server.server_port}/"], directory / "browser.log")

    def stop(self):
        self._program.stop()
        self._server.shutdown()
        self._server.server_close()
