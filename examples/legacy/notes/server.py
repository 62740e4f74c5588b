"""Notes, kept in memory. It was a service of its own, and still is one: PORT=8000 python3 server.py"""
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

notes = []


class Handler(BaseHTTPRequestHandler):
    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/notes/health":
            self.reply(200, "text/plain", b"ok")
        elif self.path == "/notes/stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for note in notes:
                self.wfile.write(b"data: " + json.dumps(note).encode() + b"\n\n")
                self.wfile.flush()
        else:
            self.reply(200, "application/json", json.dumps(notes).encode())

    def do_POST(self):
        notes.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.reply(201, "application/json", json.dumps({"notes": len(notes)}).encode())

    def log_message(self, format, *args):
        if self.path != "/notes/health":
            print(json.dumps({"level": "INFO", "msg": format % args}), flush=True)


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server.serve_forever()
