"""The private Tor network: from the command to the end of the first download through it."""

import json
import shutil

from . import processes
from .table import Table, median

SIZE = 50 << 10


class Start:
    """One `perfd testnet up` and one download; `seconds` is None where either failed."""

    def __init__(self, setup, folder, server_port):
        perfd = setup.program("perfd")
        began = processes.now()
        self.seconds, self.failure = None, ""
        try:
            up = processes.run([perfd, "testnet", "up", "--folder", folder, "--json"])
            info = json.loads(up.output)
            self.warm = info["warm"]
            processes.run([perfd, "measure", "download", "--socks", info["clients"][0]["socks"],
                           "--url", f"http://perfd.test:{server_port}/urandom/{SIZE}",
                           "--size", SIZE])
            self.seconds = processes.now() - began
        except processes.Failed as error:
            self.failure = str(error)
        finally:
            processes.run([perfd, "testnet", "down", "--folder", folder])


def bench(setup):
    count = 3 if setup.quick else 20
    cold, warm = [], []
    with processes.Server([setup.program("bench_server")]) as server:
        port = server.first_line().rsplit(":", 1)[1]
        folder = setup.folder / "network"
        for _ in range(count):
            shutil.rmtree(folder, ignore_errors=True)
            cold.append(Start(setup, folder, port))
            warm.append(Start(setup, folder, port))
    table = Table(
        f"Start: `perfd testnet up` and a first download of 50 KiB through it, {count} times, "
        "seconds",
        ["", "succeeded", "min", "median", "max", "goal"])
    for name, starts, wanted in [("cold", cold, 7.0), ("warm", warm, 2.5)]:
        times = [start.seconds for start in starts if start.seconds is not None]
        good = len(times) == count and median(times) < wanted
        shown = [f"{value:.2f}" for value in (min(times), median(times), max(times))] \
            if times else ["-"] * 3
        table.row(name, f"{len(times)} of {count}", *shown,
                  table.goal(good, f"all succeed, median < {wanted}"))
        for start in starts:
            if start.failure:
                table.note(f"{name}: {start.failure}")
    odd = sum(start.warm for start in cold if start.seconds) + \
        sum(not start.warm for start in warm if start.seconds)
    if odd:
        table.note(f"{odd} starts were warm that should be cold, or the other way round.")
        table.missed.append("cold and warm are what they are called")
    return table
