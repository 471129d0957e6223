"""From logs to documents, and from documents and result lines to a report: perfd beside OnionPerf,
where the path of one is given, on files made from a seed."""

import multiprocessing
import os
import pathlib
import shutil
import subprocess

from . import made_documents, made_logs, made_tpf, processes
from .table import Table, median

SEED = 20210101
MIB = 1 << 20


class Sizes:
    def __init__(self, quick):
        self.tgen, self.torctl = (9, 8) if quick else (90, 84)  # MB
        self.days, self.document = (2, 5) if quick else (10, 23)
        self.results = 50_000 if quick else 1_000_000


class OnionPerf:
    """OnionPerf 1.0 where it lies. Its packages, tgentools among them, are found by PYTHONPATH."""

    def __init__(self, folder):
        self.script = folder / "onionperf" / "onionperf"
        if not self.script.exists():
            raise processes.Failed(f"{folder} is no checkout of OnionPerf: no {self.script}")
        # Debian's packages are Debian's Python's.
        debian = pathlib.Path("/usr/bin/python3")
        self.python = str(debian) if debian.exists() else processes.tool("python3")
        paths = [str(folder), os.environ.get("PYTHONPATH", "")]
        self.environment = {**os.environ, "PYTHONPATH": ":".join(filter(None, paths)),
                            "PYTHONWARNINGS": "ignore", "MPLCONFIGDIR": "/tmp"}
        self.tgen_version = processes.run(
            [self.python, "-c", "import tgentools._version as v; print(v.__version__)"],
            env=self.environment).output.strip()

    def __call__(self, *words):
        return [self.python, self.script, *words]


class Run:
    """A whole process: CPU seconds, peak resident MiB and wall seconds of it."""

    def __init__(self, command, log, cwd, env=None):
        with open(log, "wb") as out:
            began = processes.now()
            process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=env,
                                       stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = processes.now() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            last = log.read_text("utf-8", "replace").strip().splitlines()[-3:]
            raise processes.Failed(f"{command[0]} ended with {process.returncode}: "
                                   f"{' / '.join(last)}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024


def alone(work, *arguments):
    """In a process of its own: a child's peak of memory begins with its parent's."""
    child = multiprocessing.Process(target=work, args=arguments)
    child.start()
    child.join()
    if child.exitcode != 0:
        raise processes.Failed(f"{work.__name__} ended with {child.exitcode}")


class Bench:
    def __init__(self, setup):
        self.folder, self.perfd = setup.folder, setup.program("perfd")
        self.sizes = Sizes(setup.quick)
        self.rounds = 1 if setup.quick else 5
        self.peer = OnionPerf(setup.onionperf) if setup.onionperf else None
        self.peer_rounds = 1 if setup.quick else 3
        self.table = Table(
            f"Analysis: CPU seconds and peak memory of whole processes (medians of {self.rounds} "
            f"runs of perfd and {self.peer_rounds} of OnionPerf)",
            ["", "perfd, CPU s", "wall s", "MiB", "OnionPerf, CPU s", "MiB", "OnionPerf / perfd",
             "goal"])

    def make(self):
        # tgentools refuses logs of another version than its own.
        version = self.peer.tgen_version if self.peer else "1.1.2"
        for name, kind in [("logs", made_logs.Tgen1), ("logs0", made_logs.Tgen0)]:
            (self.folder / name).mkdir()
            alone(made_logs.write_logs, self.folder / name, SEED, self.sizes.tgen,
                  self.sizes.torctl, version, kind)
        alone(made_documents.write_documents, self.folder / "documents", SEED, self.sizes.days,
              self.sizes.document)
        # Each is two lines, its annotation and itself.
        for name, count in [("half.tpf", self.sizes.results // 2), ("all.tpf", self.sizes.results)]:
            alone(made_tpf.write_tpf, self.folder / name, SEED, count)

    def run(self, command, before=None, env=None):
        if before:
            before()
        return Run(command, self.folder / "output", self.folder, env)

    def row(self, name, command, peer=None, before=None, goal=None):
        """`goal` takes the median run and the ratio, and gives whether it is met and its text."""
        ours, theirs = [], []
        # In turn, so that a machine whose speed drifts changes both alike.
        for turn in range(self.rounds):
            ours.append(self.run(command, before))
            if peer and self.peer and turn < self.peer_rounds:
                theirs.append(self.run(self.peer(*peer), env=self.peer.environment))
        shown = [f"{median(run.cpu for run in ours):.2f}", f"{median(run.wall for run in ours):.2f}",
                 f"{median(run.mib for run in ours):.0f}"]
        ratio = None
        if theirs:
            ratio = median(run.cpu for run in theirs) / median(run.cpu for run in ours)
            shown += [f"{median(run.cpu for run in theirs):.2f}",
                      f"{median(run.mib for run in theirs):.0f}", f"{ratio:.0f}"]
        else:
            shown += ["-", "-", "-"]
        self.table.row(name, *shown, goal(self.table, ours, ratio) if goal else "")

    def logs(self):
        def goal(table, ours, ratio):
            text = "≤ 64 MB" if ratio is None else "≥ 50, ≤ 64 MB"
            return table.goal(median(run.mib for run in ours) * MIB <= 64e6 and
                              (ratio is None or ratio >= 50), text)

        tgen, torctl = (self.folder / "logs" / f"onionperf.{name}.log"
                        for name in ("tgen", "torctl"))
        size = f"{self.sizes.tgen} MB of TGen"
        both = f"{size} and {self.sizes.torctl} MB of torctl log to a document"
        self.row(f"{size} log to a document", [self.perfd, "analyze", "--tgen", tgen],
                 ["analyze", "--tgen", tgen])
        self.row(both, [self.perfd, "analyze", "--tgen", tgen, "--torctl", torctl],
                 ["analyze", "--tgen", tgen, "--torctl", torctl], goal=goal)
        self.row("the same of TGen before 1.0, which OnionPerf 1.0 can't read",
                 [self.perfd, "analyze", self.folder / "logs0", "--date-filter", "2021-01-01"],
                 goal=goal)

    def documents(self):
        def at_least(times):
            return lambda table, _, ratio: "" if ratio is None else \
                table.goal(ratio >= times, f"≥ {times}")

        documents, store = self.folder / "documents", self.folder / "store"
        name = f"{self.sizes.days} days of {self.sizes.document} MB each"
        pages = ["--html", "page.html", "--csv", "table.csv"]
        visualize = ["visualize", "--data", documents, "made", "--prefix", "made"]
        self.row(f"{name}: report from the .json.xz", [self.perfd, "report", documents, *pages],
                 visualize, goal=at_least(8))
        self.row("of that, to unpack them alone: xz",
                 ["sh", "-c", f"exec xz --decompress --stdout {documents}/* > /dev/null"])
        self.row("import of them, all circuits too", [self.perfd, "import", "--data", store,
                                                      documents],
                 before=lambda: shutil.rmtree(store, ignore_errors=True))
        self.row(f"{name}: report once imported", [self.perfd, "report", "--data", store, *pages],
                 visualize, goal=at_least(50))

    def results(self):
        store, count = self.folder / "many", self.sizes.results
        self.row(f"import of {count:,} lines of .tpf ({count // 2:,} results) into SQLite, indexes "
                 "included", [self.perfd, "import", "--data", store, self.folder / "half.tpf"],
                 before=lambda: shutil.rmtree(store, ignore_errors=True),
                 goal=lambda table, ours, _: table.goal(
                     median(run.wall for run in ours) <= 10, "≤ 10 s"))
        # What the store has already is passed by.
        self.run([self.perfd, "import", "--data", store, self.folder / "all.tpf"])
        self.row(f"report over {count:,} results", [self.perfd, "report", "--data", store],
                 goal=lambda table, ours, _: table.goal(
                     median(run.wall for run in ours) < 2, "< 2 s"))
        self.row("the same as a page with plots, and as CSV",
                 [self.perfd, "report", "--data", store, "--html", "page.html", "--csv",
                  "table.csv"])


def bench(setup):
    work = Bench(setup)
    work.make()
    work.logs()
    work.documents()
    work.results()
    if not work.peer:
        work.table.note("No OnionPerf to compare with: give the path of its checkout by "
                        "--onionperf (docs/benchmarks.md).")
    return work.table
