"""The measurement server against nginx: CPU seconds per GiB served, and the rate."""

import json
import os

from . import processes
from .table import Table, median, median_ratio

SIZES = [("5 MiB", 5 << 20), ("50 KiB", 50 << 10)]
CONNECTIONS = 8
GIB = 1 << 30

# wrk's own summary is rounded; this one is exact.
REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"bytes": %d, "us": %d, "requests": %d, "errors": %d}\\n', summary.bytes,
    summary.duration, summary.requests, e.connect + e.read + e.write + e.status + e.timeout))
end
"""

# As fast as nginx serves a file that is in the page cache: no log, no lookup of the file for
# each request, sendfile without a bound for each call, one worker.
NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
{user}
events {{ worker_connections 1024; accept_mutex off; }}
http {{
  access_log off;
  sendfile on;
  sendfile_max_chunk 0;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 120s;
  keepalive_requests 1000000000;
  open_file_cache max=16 inactive=1h;
  open_file_cache_valid 1h;
  default_type application/octet-stream;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/files; }}
}}
"""


def nginx(folder, port, core):
    """nginx from a folder of its own; the system's configuration is not read."""
    files = folder / "files"
    files.mkdir()
    for _, size in SIZES:
        (files / str(size)).write_bytes(os.urandom(size))
    config = folder / "nginx.conf"
    # Workers of root become another user, which could not read the folder.
    user = "user root root;" if os.geteuid() == 0 else ""
    config.write_text(NGINX.format(folder=folder, port=port, user=user))
    command = [processes.tool("nginx"), "-p", folder, "-e", folder / "error.log", "-c", config]
    server = processes.Server(command, core=core)
    processes.wait_for_port(port)
    return server


def load(url, seconds, script, core):
    """One run of wrk over kept connections: bytes, seconds, requests."""
    command = [processes.tool("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-s", script, url]
    output = processes.run(command, core=core, timeout=seconds + 30).output
    line = next((l for l in output.splitlines() if l.startswith("RESULT ")), None)
    result = json.loads(line.removeprefix("RESULT ")) if line else {"requests": 0}
    if not result["requests"] or result["errors"]:
        raise processes.Failed(f"wrk on {url}: {output.strip()}")
    return result


def measure(server, url, seconds, script, core):
    """CPU seconds per GiB and GiB per second."""
    before = server.cpu_seconds()
    result = load(url, seconds, script, core)
    cpu = server.cpu_seconds() - before
    gib = result["bytes"] / GIB
    return cpu / gib, gib / (result["us"] / 1e6)


def bench(setup):
    rounds, seconds = (3, 2) if setup.quick else (9, 4)
    script = setup.folder / "report.lua"
    script.write_text(REPORT)
    served, loading = processes.cores()
    port = processes.free_port()
    table = Table(
        f"Server: CPU and rate of {CONNECTIONS} kept connections (medians of {rounds} runs of "
        f"{seconds} s each, in turn)",
        ["body", "", "perfd", "nginx", "perfd / nginx", "goal"])
    with processes.Server([setup.program("bench_server")], core=served) as perfd:
        address = perfd.first_line()
        with nginx(setup.folder, port, served) as peer:
            for name, size in SIZES:
                sides = [(perfd, f"http://{address}/urandom/{size}", []),
                         (peer, f"http://127.0.0.1:{port}/{size}", [])]
                for server, url, _ in sides:  # not counted
                    measure(server, url, 1, script, loading)
                for _ in range(rounds):
                    for server, url, runs in sides:
                        runs.append(measure(server, url, seconds, script, loading))
                add_rows(table, name, sides[0][2], sides[1][2])
    if served == loading:
        table.note("Only one core could be used: client and server shared it.")
    return table


def add_rows(table, name, ours, theirs):
    for unit, place, wanted, met in [("CPU s per GiB", 0, "≤ 0.8", lambda r: r <= 0.8),
                                     ("GiB/s", 1, "≥ 0.95", lambda r: r >= 0.95)]:
        a, b = [run[place] for run in ours], [run[place] for run in theirs]
        ratio = median_ratio(a, b)
        table.row(name, unit, f"{median(a):.3f}", f"{median(b):.3f}", f"{ratio:.2f}",
                  table.goal(met(ratio), wanted))
