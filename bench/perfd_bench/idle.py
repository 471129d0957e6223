"""The daemon while nothing is due: its memory and its CPU, and its launcher's."""

import json
import time

from . import processes
from .table import Table

# Standard downloads, whose next slots are half an interval away, and a tor of the private network.
CONFIG = """
[vantage]
name = "bench"
[server]
listen = ["127.0.0.1:0"]
public-host = "perfd.test"
[store]
path = "{folder}/data/perfd.db"
[log]
file = "{folder}/perfd.log"
[tor.default]
torrc = {torrc}
"""
EXPERIMENT = """
[experiment.download-{name}]
size = "{size}"
every = "1d"
start-delay = "{delay}s"
timeout = "{timeout}s"
"""
DOWNLOADS = [("50k", "50 KiB", 295), ("1m", "1 MiB", 1795), ("5m", "5 MiB", 3595)]
DAY = 86400
MIB = 1 << 20


def write_config(folder, torrc):
    delay = (int(time.time()) + DAY // 2) % DAY
    text = CONFIG.format(folder=folder, torrc=json.dumps(torrc))
    for name, size, timeout in DOWNLOADS:
        text += EXPERIMENT.format(name=name, size=size, delay=delay, timeout=timeout)
    path = folder / "perfd.toml"
    path.write_text(text, "utf-8")
    return path


def memory(pid):
    """Resident bytes, and those of them that count once where processes share pages."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        fields = dict(line.split()[:2] for line in file if line.count(":") == 1 and "kB" in line)
    return int(fields["Rss:"]) * 1024, int(fields["Pss:"]) * 1024


def is_perfd(pid):
    with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
        return file.read().strip() != "tor"


def wait_until_ready(setup, config):
    end = processes.now() + 60
    while processes.now() < end:
        text = processes.run([setup.program("perfd"), "status", "-c", config, "--json"],
                             worst=1).output
        status = json.loads(text) if text.startswith("{") else {}
        if any(tor["state"] == "ready" for tor in status.get("instances", [])):
            return
        time.sleep(0.5)
    raise processes.Failed("the daemon's tor was not ready within 60 s")


def measure(setup, torrc, seconds):
    """For perfd and its launcher: (resident, proportional bytes, share of a core)."""
    config = write_config(setup.folder, torrc)
    with processes.Server([setup.program("perfd"), "run", "-c", config]) as daemon:
        wait_until_ready(setup, config)
        time.sleep(5)  # what comes right behind a start is over
        launchers = [pid for pid in processes.children(daemon.pid) if is_perfd(pid)]
        pids = {"perfd": daemon.pid} | {"its launcher": pid for pid in launchers}
        before = {pid: processes.process_cpu(pid) for pid in pids.values()}
        began = processes.now()
        time.sleep(seconds)
        took = processes.now() - began
        return {name: (*memory(pid), (processes.process_cpu(pid) - before[pid]) / took)
                for name, pid in pids.items()}


def bench(setup):
    seconds = 10 if setup.quick else 60
    perfd = setup.program("perfd")
    network = setup.folder / "network"
    try:
        up = processes.run([perfd, "testnet", "up", "--folder", network, "--clients", 0, "--json"])
        found = measure(setup, json.loads(up.output)["torrc"], seconds)
    finally:
        processes.run([perfd, "testnet", "down", "--folder", network])
    table = Table(
        f"Idle: `perfd run` with three experiments, none of them due, and a tor that is ready, "
        f"over {seconds} s",
        ["", "resident, MiB", "of it alone, MiB", "CPU, % of a core", "goal"])
    for name, (resident, alone, cpu) in found.items():
        goal = ""
        if name == "perfd":
            goal = table.goal(resident < 25e6 and cpu < 0.002, "resident < 25 MB, CPU < 0.2 %")
        table.row(name, f"{resident / MIB:.1f}", f"{alone / MIB:.1f}", f"{cpu * 100:.3f}", goal)
    table.note("Alone: pages that processes share count in parts (Pss). tor itself is not counted.")
    return table
