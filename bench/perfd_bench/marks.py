"""Marks against a packet capture of the same transfers, while the server is saturated."""

import json

from . import processes
from .table import Table, median, percentile

SIZE = 1 << 20
AT_ONCE = [1, 50, 200]
LOAD_CONNECTIONS = 64
LOAD_SIZE = 1024


def transfers(setup, address, at_once, count):
    command = [setup.program("bench_marks"), address, SIZE, at_once, count]
    core = processes.cores()[1]
    result = json.loads(processes.run(command, core=core, timeout=300).output)
    if result["failed"]:
        raise processes.Failed(f"{result['failed']} of {count} transfers failed")
    if result["capture_drops"]:
        raise processes.Failed(f"the capture lost {result['capture_drops']} packets")
    return result["marks"]


def run_once(setup, at_once, count, note):
    """A server with two ports: one for the transfers under the capture, one for the load. It has
    a core of its own; the load is of small bodies, which cost it more than they cost wrk."""
    listen = ["127.0.0.1:0", "127.0.0.1:0"]
    serving, loading = processes.cores()
    with processes.Server([setup.program("bench_server"), *listen], core=serving) as server:
        measured, loaded = server.first_line().split()
        command = [processes.tool("wrk"), "-t1", f"-c{LOAD_CONNECTIONS}", "-d600",
                   f"http://{loaded}/urandom/{LOAD_SIZE}"]
        with processes.Server(command, core=loading) as load:
            transfers(setup, measured, 1, 1)  # the load is at work by then
            before, started = server.cpu_seconds(), processes.now()
            marks = transfers(setup, measured, at_once, count)
            busy = (server.cpu_seconds() - before) / (processes.now() - started)
            if load.process.poll() is not None:
                raise processes.Failed("wrk ended before the transfers did")
    note(f"{at_once} at once: {marks['compared']} transfers compared ({marks['repeated']} with "
         f"segments sent again, {marks['reordered']} with some out of order, {marks['by_clock']} "
         f"whose end has no stamp of the kernel's); left out {marks['gaps']} with gaps in the "
         f"capture and {marks['doubtful']} of which the truth is not known; the server used "
         f"{busy:.0%} of a core.")
    if marks["compared"] < count * 0.9:
        raise processes.Failed(f"only {marks['compared']} of {count} transfers can be compared")
    return marks


def us(values, percent=None):
    return f"{median(values) if percent is None else percentile(values, percent):.1f}"


def add_rows(table, at_once, marks):
    complete = marks["complete"]
    errors = complete["errors_us"]
    good = complete["outside"] == 0 and median(errors) < 20 and percentile(errors, 99) < 200
    for name, key in [("DATACOMPLETE", "complete"), ("DATARESPONSE", "response"),
                      ("DATAPERC0…100", "perc")]:
        values = marks[key]
        errors, bounds = values["errors_us"], values["bounds_us"]
        if key == "complete":
            goal = table.goal(good, "error median < 20, p99 < 200, none outside")
        else:
            goal = table.goal(values["outside"] == 0, "none outside")
        table.row(at_once, name, len(errors), us(errors), us(errors, 99), us(bounds),
                  us(bounds, 99), values["outside"], goal)
    for text in marks["odd"]:
        table.note(f"outside: {text}")


def bench(setup):
    count = 200 if setup.quick else 2000
    table = Table(
        "Marks: against a packet capture of the same 1 MiB transfers on loopback, in µs, beside "
        f"wrk with {LOAD_CONNECTIONS} connections",
        ["at once", "mark", "n", "error", "error p99", "bound", "bound p99", "outside", "goal"])
    for at_once in AT_ONCE:
        add_rows(table, at_once, run_once(setup, at_once, count, table.note))
    return table
