"""Runs benchmarks and prints their tables; scripts/bench calls it inside a network namespace.

    run.py BUILD_FOLDER [--quick] [--onionperf FOLDER] NAME…
"""

import argparse
import pathlib
import platform
import sys
import tempfile

from perfd_bench import analysis, api, client, idle, marks, page, processes, server, start

BENCHES = {"server": server.bench, "client": client.bench, "marks": marks.bench,
           "idle": idle.bench, "start": start.bench, "page": page.bench,
           "analysis": analysis.bench, "api": api.bench}


class Setup:
    """What every benchmark gets: where the programs are, and a folder of its own."""

    def __init__(self, build, quick, folder, onionperf=None):
        self.build, self.quick, self.folder = build, quick, folder
        self.onionperf = onionperf  # of a peer that is not in Debian: where it lies

    def program(self, name):
        for path in (self.build / name, self.build / "bench" / name):
            if path.exists():
                return path
        raise processes.Failed(f"{name} is not built in {self.build}")


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    count = len(processes.usable_cores())
    return f"{model}, {count} cores, Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--onionperf", type=pathlib.Path)
    parser.add_argument("names", nargs="+", choices=list(BENCHES))
    arguments = parser.parse_args()
    print(f"{machine()}{', --quick' if arguments.quick else ''}\n", flush=True)
    missed, failed = [], []
    for name in arguments.names:
        with tempfile.TemporaryDirectory(prefix="perfd-bench-") as folder:
            setup = Setup(arguments.build.resolve(), arguments.quick, pathlib.Path(folder),
                          arguments.onionperf and arguments.onionperf.resolve())
            try:
                table = BENCHES[name](setup)
            except processes.Failed as error:
                print(f"bench: {name}: {error}", file=sys.stderr, flush=True)
                failed.append(name)
                continue
            print(table.text(), flush=True)
            missed += [f"{name}: {text}" for text in table.missed]
    for text in missed:
        print(f"bench: goal missed: {text}", file=sys.stderr)
    return 3 if failed else 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
