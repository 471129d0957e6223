"""Page loads in a real Firefox: how many an hour, and what each costs the browser and perfd."""

import contextlib
import json
import os
import threading

from . import processes
from .idle import memory
from .table import Table, median

PAGE = "/page/median?load=bench"
REQUESTS = 78
MIB = 1 << 20
WARM = 2  # loads that are not counted
LATER = 3  # loads in which memory is read, which itself costs CPU time
TICK = os.sysconf("SC_CLK_TCK")


def waited_for(pid):
    """CPU seconds of a process's children that have ended."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / TICK


class Load:
    """`perfd measure page`, one load after the other in one browser."""

    def __init__(self, setup, proxy, url, count):
        self.count = count
        self.command = [setup.program("perfd"), "measure", "page", "-n", WARM + count + LATER,
                        "--socks", proxy, "--url", url, "--json", "--timeout", "60s"]
        self.loads, self.memory, self.failure = [], [], None
        self.first = self.last = None

    def usage(self, pid):
        """Seconds: the clock, the browser's CPU, perfd's own with its launcher's."""
        launcher = processes.children(pid)[0]
        browser = waited_for(launcher)
        for child in processes.children(launcher):
            with contextlib.suppress(OSError):
                browser += processes.process_cpu(child) + waited_for(child)
        own = processes.process_cpu(pid) + processes.process_cpu(launcher)
        return processes.now(), browser, own

    def read_memory(self, pid, stop):
        """The browser's processes together, a few times a second. A process that is just being
        started counts like the one that starts it, whose memory it shares: hence a median."""
        while not stop.wait(0.3):
            total = 0
            for child in processes.children(processes.children(pid)[0]):
                with contextlib.suppress(OSError):
                    total += memory(child)[1]
            self.memory.append(total)

    def run(self):
        stop = threading.Event()
        reader = None
        try:
            with processes.Server(self.command) as perfd:
                for number, line in enumerate(perfd.process.stdout, 1):
                    self.check(line)
                    if number == WARM:
                        self.first = self.usage(perfd.pid)
                    elif number == WARM + self.count:
                        self.last = self.usage(perfd.pid)
                        reader = threading.Thread(target=self.read_memory, args=(perfd.pid, stop))
                        reader.start()
                    elif number == WARM + self.count + LATER:
                        break
                stop.set()
                if reader:
                    reader.join()
            if self.last is None:
                raise processes.Failed("perfd ended before its last load")
        except (processes.Failed, OSError, ValueError, KeyError) as error:
            self.failure = str(error)
        finally:
            stop.set()

    def check(self, line):
        record = json.loads(line)
        if record["outcome"] != "ok" or record["page"]["requests"] != REQUESTS:
            raise processes.Failed(f"perfd: {line.decode(errors='replace')[:500]}")
        marks = record["marks"]
        self.loads.append((marks["LOAD"] - marks["START"]) / 1e6)

    def taken(self):
        return [after - before for before, after in zip(self.first, self.last, strict=True)]


def measure(setup, proxy, url, count, at_once):
    loads = [Load(setup, proxy, url, count) for _ in range(at_once)]
    threads = [threading.Thread(target=load.run) for load in loads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for load in loads:
        if load.failure:
            raise processes.Failed(load.failure)
    return loads


def bench(setup):
    count = 3 if setup.quick else 20
    table = Table(
        f"Pages: {count} loads of the built-in median page in a real Firefox, in each browser",
        ["browsers at once", "loads per hour", "START to LOAD, s (median)", "CPU s of the browser, "
         "a load", "CPU s of perfd, a load", "perfd / browser", "memory of a browser (PSS), MiB",
         "goal"])
    with processes.Server([setup.program("bench_server")]) as server, \
            processes.Server([setup.program("bench_socks_proxy")]) as relay:
        url = f"http://{server.first_line()}{PAGE}"
        proxy = relay.first_line()
        for at_once in (1, 2):
            loads = measure(setup, proxy, url, count, at_once)
            taken = [load.taken() for load in loads]
            browser = sum(one[1] for one in taken) / (count * at_once)
            own = sum(one[2] for one in taken) / (count * at_once)
            table.row(at_once, f"{sum(3600 * count / one[0] for one in taken):.0f}",
                      f"{median([time for load in loads for time in load.loads[WARM:]]):.2f}",
                      f"{browser:.2f}", f"{own:.3f}", f"{100 * own / browser:.1f} %",
                      f"{max(median(load.memory) for load in loads) / MIB:.0f}",
                      table.goal(own < 0.05 * browser, "perfd / browser < 5 %"))
    table.note("Server, SOCKS proxy and browsers share the cores. Each load ends with the two "
               "seconds without requests that show that it is over. perfd counts with its measuring "
               "proxy, its record and its launcher; memory is the median of what is seen during "
               f"{LATER} loads more.")
    return table
