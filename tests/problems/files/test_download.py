"""Downloads, against a server on this machine that misbehaves on order."""

import hashlib
import http.server
import os
import socket
import threading

import pytest

from problems.files import download
from t2t_af.errors import UserError
from tests.fixtures import full_disk

CONTENT = bytes(range(256)) * 9000  # more than two chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class _Server(http.server.ThreadingHTTPServer):
  """Serves CONTENT at any path; `/cut`, `/wrong` ... misbehave."""

  daemon_threads = True

  def __init__(self):
    super().__init__(("127.0.0.1", 0), _Handler)
    self.asked = []  # (path, first byte) of each request

  def url(self, path):
    return f"http://127.0.0.1:{self.server_port}/{path}"


class _Handler(http.server.BaseHTTPRequestHandler):
  """One request."""

  def do_GET(self):
    path = self.path[1:]
    asked = self.headers.get("Range")
    start = int(asked[len("bytes=") : -1]) if asked else 0
    self.server.asked.append((path, start))
    if path == "gone":
      self.send_error(404)
      return
    if path == "norange":
      start, asked = 0, None
    if start and start >= len(CONTENT):
      self.send_response(416)
      self.send_header("Content-Range", f"bytes */{len(CONTENT)}")
      self.end_headers()
      return
    content = b"x" * len(CONTENT) if path == "wrong" else CONTENT
    if path == "short":
      content = content[:-7]
    if path == "long":
      content += b"more"
    self.send_response(206 if asked else 200)
    if path != "nolength":
      self.send_header("Content-Length", str(len(content) - start))
    self.end_headers()
    rest = content[start:]
    # "cut" breaks off in the middle of what was promised.
    self.wfile.write(rest[: len(rest) // 2 + 1] if path == "cut" else rest)

  def log_message(self, *args):
    pass


@pytest.fixture(name="server")
def _server():
  server = _Server()
  threading.Thread(
    target=server.serve_forever, args=(0.01,), daemon=True
  ).start()
  yield server
  server.shutdown()
  server.server_close()


def _source(*urls, sha256=SHA256):
  return download.Source("file.bin", urls, len(CONTENT), sha256)


def _content(path):
  with open(path, "rb") as stream:
    return stream.read()


def test_file_arrives_whole_under_its_name(server, tmp_path):
  path = download.fetch(_source(server.url("good")), str(tmp_path))
  assert _content(path) == CONTENT
  assert sorted(os.listdir(tmp_path)) == ["file.bin", "file.bin.verified"]


def test_download_goes_on_where_it_stopped(server, tmp_path):
  (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])
  path = download.fetch(_source(server.url("good")), str(tmp_path))
  assert _content(path) == CONTENT
  assert server.asked == [("good", 1000)]


def test_lost_connection_is_taken_up_again(server, tmp_path):
  path = download.fetch(_source(server.url("cut")), str(tmp_path))
  assert _content(path) == CONTENT
  starts = [start for _, start in server.asked]
  assert len(starts) > 3 and starts == sorted(set(starts))


def test_server_without_ranges_starts_again(server, tmp_path):
  (tmp_path / "file.bin.part").write_bytes(b"y" * 1000)
  path = download.fetch(_source(server.url("norange")), str(tmp_path))
  assert _content(path) == CONTENT


def test_next_mirror_is_tried_in_order(server, tmp_path):
  urls = [server.url(p) for p in ("gone", "wrong", "short", "long", "good")]
  path = download.fetch(_source(*urls), str(tmp_path))
  assert _content(path) == CONTENT
  order = list(dict.fromkeys(path for path, _ in server.asked))
  assert order == ["gone", "wrong", "short", "long", "good"]


def test_wrong_content_is_an_error_and_is_not_kept(server, tmp_path):
  found = hashlib.sha256(b"x" * len(CONTENT)).hexdigest()
  with pytest.raises(UserError) as caught:
    download.fetch(_source(server.url("wrong")), str(tmp_path))
  assert f"expected sha256 {SHA256}, found {found}" in str(caught.value)
  assert not os.listdir(tmp_path)


def test_short_file_is_an_error_that_counts_bytes(server, tmp_path):
  with pytest.raises(
    UserError,
    match=(f"expected {len(CONTENT)} bytes, found {len(CONTENT) - 7}"),
  ):
    download.fetch(_source(server.url("short")), str(tmp_path))
  assert not (tmp_path / "file.bin").exists()


def test_without_network_it_says_where_to_put_the_file(tmp_path):
  with socket.socket() as unused:  # bound but not listening: refused
    unused.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{unused.getsockname()[1]}/f"
    with pytest.raises(UserError) as caught:
      download.fetch(_source(url), str(tmp_path))
  message = str(caught.value)
  assert url in message and str(tmp_path / "file.bin") in message
  assert str(len(CONTENT)) in message and SHA256 in message


def test_file_that_is_there_needs_no_network(tmp_path):
  (tmp_path / "file.bin").write_bytes(CONTENT)
  assert _content(download.fetch(_source(), str(tmp_path))) == CONTENT


@pytest.mark.parametrize(
  "content,words",
  [
    (CONTENT[:-1], ("half-downloaded", f"found {len(CONTENT) - 1}")),
    (CONTENT + b"z", ("another file", f"found {len(CONTENT) + 1}")),
    (b"q" + CONTENT[1:], ("expected sha256 " + SHA256,)),
  ],
  ids=["short", "long", "changed"],
)
def test_wrong_file_that_is_there_is_refused_and_kept(
  server, tmp_path, content, words
):
  path = tmp_path / "file.bin"
  path.write_bytes(content)
  with pytest.raises(UserError) as caught:
    download.fetch(_source(server.url("good")), str(tmp_path))
  assert str(path) in str(caught.value)
  assert all(word in str(caught.value) for word in words)
  assert path.read_bytes() == content and not server.asked


def test_checked_file_is_not_hashed_again_unless_it_changed(
  tmp_path, monkeypatch
):
  path = tmp_path / "file.bin"
  path.write_bytes(CONTENT)
  hashed = []
  original = download._sha256
  monkeypatch.setattr(
    download, "_sha256", lambda p: hashed.append(p) or original(p)
  )
  for _ in range(2):
    download.fetch(_source(), str(tmp_path))
  assert len(hashed) == 1
  path.write_bytes(b"q" + CONTENT[1:])
  stat = path.stat()
  os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
  with pytest.raises(UserError):
    download.fetch(_source(), str(tmp_path))


def test_too_little_disk_is_said_before_anything_is_fetched(
  server, tmp_path, monkeypatch
):
  usage = download.shutil.disk_usage(tmp_path)._replace(free=1000)
  monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage)
  with pytest.raises(UserError, match="1000 bytes free"):
    download.fetch(_source(server.url("good")), str(tmp_path))
  assert not server.asked


# --- Of files whose size and checksum nobody knows beforehand.


def _unknown(*urls):
  return download.Source("file.bin", urls)


@pytest.mark.parametrize("path", ["good", "norange", "cut", "nolength"])
def test_unknown_file_is_whole_when_the_server_says_so(server, tmp_path, path):
  found = download.fetch(_unknown(server.url(path)), str(tmp_path))
  assert _content(found) == CONTENT
  assert os.listdir(tmp_path) == ["file.bin"]


def test_unknown_file_goes_on_where_it_stopped(server, tmp_path):
  (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])
  found = download.fetch(_unknown(server.url("good")), str(tmp_path))
  assert _content(found) == CONTENT
  assert server.asked == [("good", 1000)]


def test_unknown_file_that_had_all_but_its_name_is_taken(server, tmp_path):
  (tmp_path / "file.bin.part").write_bytes(CONTENT)
  found = download.fetch(_unknown(server.url("good")), str(tmp_path))
  assert _content(found) == CONTENT
  assert server.asked == [("good", len(CONTENT))]


def test_unknown_file_with_too_long_a_part_starts_again(server, tmp_path):
  (tmp_path / "file.bin.part").write_bytes(CONTENT + b"of another file")
  found = download.fetch(_unknown(server.url("good")), str(tmp_path))
  assert _content(found) == CONTENT


def test_unknown_file_that_nobody_has_is_an_error(server, tmp_path):
  with pytest.raises(UserError, match="404") as caught:
    download.fetch(_unknown(server.url("gone")), str(tmp_path))
  assert f"put the file at {tmp_path / 'file.bin'} yourself." in str(
    caught.value
  )


def test_unknown_file_that_is_there_is_taken_as_it_is(tmp_path):
  (tmp_path / "file.bin").write_bytes(b"zipped again")
  path = download.fetch(_unknown(), str(tmp_path))
  assert download.describe(_unknown(), path) == {
    "filename": "file.bin",
    "urls": (),
    "num_bytes": 12,
    "sha256": hashlib.sha256(b"zipped again").hexdigest(),
  }


def test_disk_that_fills_up_is_no_fault_of_the_mirror(server, tmp_path):
  with full_disk.after(5000):
    with pytest.raises(
      UserError, match=("cannot write to .*file.bin.part: .*full")
    ):
      download.fetch(
        _source(server.url("good"), server.url("good")), str(tmp_path)
      )
  assert len(server.asked) == 1 and not (tmp_path / "file.bin").exists()
