"""A headless Chromium, spoken to by the DevTools protocol over two pipes.

Standard library alone. Messages are JSON, each followed by a zero byte.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60.0  # for an answer
_FLAGS = (
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-dev-shm-usage",
  "--hide-scrollbars",
  "--remote-debugging-pipe",
)
# The browser reads from its file 3 and writes to its file 4; what these are
# here must not be lost before both are in place.
_START = (
  "import fcntl, os, sys\n"
  "ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10)\n"
  "        for end in sys.argv[1:3]]\n"
  "os.dup2(ends[0], 3)\nos.dup2(ends[1], 4)\n"
  "os.execv(sys.argv[3], sys.argv[3:])\n"
)


def find():
  """Path of a browser, None where there is none."""
  return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
  """One tab, in a `with`."""

  def __enter__(self):
    self.errors = []  # of the page that is open: console and exceptions
    self._buffer, self._number, self._session, self._events = b"", 0, None, []
    self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    read_end, self._out = os.pipe()
    self._in, write_end = os.pipe()
    self._process = subprocess.Popen(
      [
        sys.executable,
        "-c",
        _START,
        str(read_end),
        str(write_end),
        find(),
        *_FLAGS,
        f"--user-data-dir={self._profile.name}",
      ],
      pass_fds=(read_end, write_end),
      stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL,
    )
    os.close(read_end)
    os.close(write_end)
    tab = self._do("Target.createTarget", url="about:blank")["targetId"]
    self._session = self._do(
      "Target.attachToTarget", targetId=tab, flatten=True
    )["sessionId"]
    for domain in ("Page", "Runtime", "Log"):
      self._do(f"{domain}.enable")
    return self

  def __exit__(self, *_):
    self._session = None
    self._do("Browser.close")
    self._process.wait(_SECONDS)
    os.close(self._in)
    os.close(self._out)
    self._profile.cleanup()

  def open(self, path, width=1100, height=900):
    """Loads a file; all its pictures are there when this returns."""
    self._do(
      "Emulation.setDeviceMetricsOverride",
      width=width,
      height=height,
      deviceScaleFactor=1,
      mobile=width < 600,
    )
    self.errors.clear()
    self._events.clear()
    self._do("Page.navigate", url=pathlib.Path(path).absolute().as_uri())
    end = time.monotonic() + _SECONDS
    while "Page.loadEventFired" not in self._events:
      self._receive(end)

  def evaluate(self, expression):
    """Value of JavaScript, run in the page."""
    found = self._do(
      "Runtime.evaluate", expression=expression, returnByValue=True
    )
    assert "exceptionDetails" not in found, found
    return found["result"].get("value")

  def print_media(self, is_on):
    """Lays the page out as for paper, or for the screen again."""
    self._do("Emulation.setEmulatedMedia", media="print" if is_on else "")

  def screenshot(self, whole=False):
    """PNG of what is in view, or of the whole page."""
    return base64.b64decode(
      self._do("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
    )

  def pdf(self):
    """The page as printed."""
    return base64.b64decode(
      self._do("Page.printToPDF", preferCSSPageSize=True, printBackground=True)[
        "data"
      ]
    )

  def _do(self, method, **parameters):
    """Sends a command; returns its result."""
    self._number += 1
    message = dict(id=self._number, method=method, params=parameters)
    if self._session:
      message["sessionId"] = self._session
    os.write(self._out, json.dumps(message).encode() + b"\0")
    end = time.monotonic() + _SECONDS
    while True:
      answer = self._receive(end)
      if answer.get("id") == self._number:
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

  def _receive(self, end):
    """The next message; errors of the page and names of events are kept."""
    while b"\0" not in self._buffer:
      ready, _, _ = select.select(
        [self._in], [], [], max(0.0, end - time.monotonic())
      )
      assert ready, f"the browser did not answer for {_SECONDS} seconds"
      found = os.read(self._in, 1 << 20)
      assert found, "the browser has ended"
      self._buffer += found
    line, self._buffer = self._buffer.split(b"\0", 1)
    message = json.loads(line)
    self._note(message.get("method", ""), message.get("params", {}))
    return message

  def _note(self, event, told):
    self._events.append(event)
    if event == "Runtime.exceptionThrown":
      self.errors.append(told["exceptionDetails"]["text"])
    elif event == "Log.entryAdded" and told["entry"]["level"] == "error":
      self.errors.append(told["entry"]["text"])
    elif event == "Runtime.consoleAPICalled" and told["type"] == "error":
      self.errors.append(str(told["args"]))
