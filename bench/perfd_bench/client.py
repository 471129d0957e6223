"""perfd measure against curl: CPU and time to last byte, through the same plain SOCKS proxy."""

import json

from . import processes
from .table import Table, median, median_ratio

SIZE = 5 << 20


def perfd_command(setup, proxy, url, count):
    return [setup.program("perfd"), "measure", "download", "-n", count, "--size", "5MiB",
            "--socks", proxy, "--url", url, "--json"]


def curl_command(setup, proxy, url, count):
    """One curl for all transfers. It would use a connection again: the header forbids it."""
    config = setup.folder / "curl.conf"
    config.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for _ in range(count)))
    return [processes.tool("curl"), "--disable", "--silent", "--show-error", "--fail",
            "--socks5-hostname", proxy, "--noproxy", "", "--header", "Connection: close",
            "--write-out", "%{num_connects} %{size_download} %{time_total}\\n",
            "--config", config]


def perfd_times(output):
    """Seconds to the last byte of each transfer, all of which must be whole and verified."""
    times = []
    for line in output.splitlines():
        record = json.loads(line)
        if record["outcome"] != "ok" or record["filesize"] != SIZE:
            raise processes.Failed(f"perfd: {line}")
        times.append((record["marks"]["DATACOMPLETE"] - record["marks"]["START"]) / 1e6)
    return times


def curl_times(output):
    times = []
    for line in output.splitlines():
        connects, size, seconds = line.split()
        if (connects, size) != ("1", str(SIZE)):
            raise processes.Failed(f"curl: {connects} connections for {size} bytes")
        times.append(float(seconds))
    return times


def measure(setup, command, times_of, count, core):
    """CPU seconds of the whole process, and the median time to last byte in ms."""
    # A file takes the results: who reads a pipe would take CPU time meanwhile.
    results = setup.folder / "results"
    with open(results, "wb") as file:
        ran = processes.run(command, core=core, timeout=300, stdout=file)
    times = times_of(results.read_text("utf-8"))
    if len(times) != count:
        raise processes.Failed(f"{command[0]}: {len(times)} of {count} transfers")
    return ran.cpu, median(times) * 1000


def bench(setup):
    rounds, count = (3, 50) if setup.quick else (9, 200)
    serving, client = reversed(processes.cores())
    table = Table(
        f"Client: {count} downloads of 5 MiB, a new connection each, through a SOCKS proxy "
        f"(medians of {rounds} runs, in turn)",
        ["", "perfd", "curl", "perfd / curl", "goal"])
    with processes.Server([setup.program("bench_server")], core=serving) as server, \
            processes.Server([setup.program("bench_socks_proxy")], core=serving) as relay:
        url = f"http://{server.first_line()}/urandom/{SIZE}"
        proxy = relay.first_line()
        sides = [(perfd_command(setup, proxy, url, count), perfd_times, []),
                 (curl_command(setup, proxy, url, count), curl_times, [])]
        for turn in range(rounds + 1):
            for command, times_of, runs in sides:
                result = measure(setup, command, times_of, count, client)
                if turn > 0:  # the first one is not counted
                    runs.append(result)
    for text, place, digits in [("CPU s", 0, 3), ("median time to last byte, ms", 1, 2)]:
        ours, theirs = ([run[place] for run in runs] for _, _, runs in sides)
        ratio = median_ratio(ours, theirs)
        table.row(text, f"{median(ours):.{digits}f}", f"{median(theirs):.{digits}f}",
                  f"{ratio:.2f}", table.goal(ratio <= 1.0, "≤ 1.0"))
    table.note("perfd compares every byte and takes the kernel's time stamps meanwhile; both "
               "write the payload nowhere.")
    return table
