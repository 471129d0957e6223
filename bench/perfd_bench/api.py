"""The dashboard's questions to ten million results: the web server beside plain SQL, which reads
the table of measurements, and how fast results are written meanwhile."""

import contextlib
import http.client
import json
import sqlite3
import time

from . import processes
from .table import Table, median

HOUR, DAY = 3600, 86400
KEY = "source, experiment, arm, kind, target, filesize"
IN_TIME = "at >= :since AND at < :until"


def percentiles(slot, value="ttlb_us", by=KEY, where=IN_TIME):
    """What SQL has for percentiles: the ranked values of each group."""
    groups = ", ".join(part for part in (by, slot) if part)
    return f"""
        SELECT * FROM (
          SELECT {groups}, {value} AS value, row_number() OVER w AS rank,
                 count(*) OVER (PARTITION BY {groups}) AS n
          FROM measurements WHERE {where} AND outcome = 'ok' AND {value} IS NOT NULL
          WINDOW w AS (PARTITION BY {groups} ORDER BY {value}))
        WHERE rank IN (n * 5 / 100 + 1, n * 25 / 100 + 1, n * 50 / 100 + 1, n * 75 / 100 + 1,
                       n * 95 / 100 + 1, n)"""


def step(seconds):
    return f"at / {seconds * 1000000}"


def failures(slot):
    return (f"SELECT {KEY}, {slot}, outcome, count(*) FROM measurements WHERE {IN_TIME} "
            "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8")


EXPERIMENT = " AND experiment = 'default'"
HOUR_OF_WEEK = "(at / 3600000000 + 72) % 168"
# What is asked, of how long a time (None: of all), the address, and the same as SQL.
QUESTIONS = [
    ("smoke plot, a day", DAY, "series?metric=ttlb", percentiles(step(300))),
    ("smoke plot, a week", 7 * DAY, "series?metric=ttlb", percentiles(step(HOUR))),
    ("smoke plot, 90 days", 90 * DAY, "series?metric=ttlb", percentiles(step(12 * HOUR))),
    ("smoke plot, all", None, "series?metric=ttlb", percentiles(step(7 * DAY))),
    ("smoke plot of one experiment, all", None, "series?metric=ttlb&experiment=default",
     percentiles(step(7 * DAY), where=IN_TIME + EXPERIMENT)),
    ("distributions, a week", 7 * DAY, "distribution?metric=ttfb", percentiles("", "ttfb_us")),
    ("distributions, all", None, "distribution?metric=ttfb", percentiles("", "ttfb_us")),
    ("failures, a week", 7 * DAY, "failures?", failures(step(2 * HOUR))),
    ("failures, all", None, "failures?", failures(step(14 * DAY))),
    ("heatmap, a week", 7 * DAY, "heatmap?metric=ttlb", percentiles(HOUR_OF_WEEK, by="")),
    ("heatmap, a year", 365 * DAY, "heatmap?metric=ttlb", percentiles(HOUR_OF_WEEK, by="")),
    ("heatmap of one experiment, all", None, "heatmap?metric=ttlb&experiment=default",
     percentiles(HOUR_OF_WEEK, by="", where=IN_TIME + EXPERIMENT)),
    ("heatmap, all", None, "heatmap?metric=ttlb", percentiles(HOUR_OF_WEEK, by="")),
    ("circuits' third hop, 90 days", 90 * DAY, "series?metric=built_3", None),
]
GOAL_MS = 100
RATE = 100  # results that come each second meanwhile
SQL_LIMIT = 60  # seconds; what takes longer is given up and told so


class Bench:
    def __init__(self, setup):
        self.program = setup.program("bench_results")
        self.store = setup.folder / "perfd.db"
        self.count = 200_000 if setup.quick else 10_000_000
        self.rounds = 5 if setup.quick else 15
        self.seconds = 3 if setup.quick else 20
        self.table = Table(
            f"Dashboard's questions to {self.count:,} results (medians of {self.rounds}, ms)",
            ["question", "perfd", "while results are written", "plain SQL", "SQL / perfd", "goal"])

    def fill(self):
        began = time.monotonic()
        processes.run([self.program, "make", self.store, self.count], timeout=3600)
        took = time.monotonic() - began
        size = self.store.stat().st_size
        with sqlite3.connect(self.store) as file:
            pages, = file.execute("SELECT count(*) * 1.0 FROM rollups").fetchone()
            rollups, = file.execute("SELECT sum(length(counts)) FROM rollups").fetchone()
            self.first, self.last = file.execute(
                "SELECT min(at), max(at) FROM measurements").fetchone()
        self.table.note(
            f"The store was made in {took:.0f} s ({self.count / took:,.0f} results/s), is "
            f"{size / 1e9:.2f} GB, and has {pages:,.0f} rows of roll-ups of {rollups / 1e6:.0f} MB.")

    def times_of(self, seconds):
        until = self.last + 1
        return max(self.first, until - seconds * 1_000_000) if seconds else self.first, until

    def ask(self, connection, address, since, until):
        """ms, and the answer."""
        mark = "" if address.endswith("?") else "&"
        path = f"/api/v1/{address}{mark}since={since}&until={until}"
        began = time.monotonic()
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        took = (time.monotonic() - began) * 1000
        if response.status != 200:
            raise processes.Failed(f"{path}: {response.status} {body[:200]}")
        return took, body

    def plain(self, sql, since, until):
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as file:
            began = time.monotonic()
            file.set_progress_handler(lambda: time.monotonic() - began > SQL_LIMIT, 1_000_000)
            with contextlib.suppress(sqlite3.OperationalError):  # interrupted
                file.execute(sql, {"since": since, "until": until}).fetchall()
            return (time.monotonic() - began) * 1000

    def side_by_side(self, connection):
        found = []
        for name, seconds, address, sql in QUESTIONS:
            since, until = self.times_of(seconds)
            ours, theirs = [], []
            for turn in range(self.rounds):
                took, body = self.ask(connection, address, since, until)
                ours.append(took)
                # What takes seconds need not be asked so often.
                if sql and (turn == 0 or (turn < 5 and sum(theirs) < 5000)):
                    theirs.append(self.plain(sql, since, until))
            exact = json.loads(body)["exact"]
            found.append((name + (", exact" if exact else ""), ours, theirs))
        return found

    def while_written(self, connection):
        """Each question in turn, while a hundred results come each second."""
        asked = {name: [] for name, *_ in QUESTIONS}
        command = [str(self.program), "insert", str(self.store), str(RATE), str(self.seconds)]
        with processes.Server(command) as writer:
            while writer.process.poll() is None or min(map(len, asked.values())) == 0:
                for name, seconds, address, _ in QUESTIONS:
                    since, until = self.times_of(seconds)
                    asked[name].append(self.ask(connection, address, since, until)[0])
            told = json.loads(writer.process.stdout.read())
        return [median(asked[name]) for name, *_ in QUESTIONS], told

    def run(self):
        self.fill()
        with processes.Server([self.program, "serve", self.store]) as server:
            host, port = server.first_line().rsplit(":", 1)
            connection = http.client.HTTPConnection(host, int(port), timeout=120)
            found = self.side_by_side(connection)
            meanwhile, told = self.while_written(connection)
        alone = json.loads(processes.run(
            [self.program, "insert", self.store, 0, self.seconds], timeout=600).output)
        for (name, ours, theirs), busy in zip(found, meanwhile, strict=True):
            ms = median(ours)
            sql = median(theirs) if theirs else None
            more = "> " if sql and sql > SQL_LIMIT * 1000 else ""
            self.table.row(name, f"{ms:.1f}", f"{busy:.1f}", f"{more}{sql:.0f}" if sql else "-",
                           f"{more}{sql / ms:.0f}" if sql else "-",
                           self.table.goal(ms < GOAL_MS, f"< {GOAL_MS} ms"))
        self.table.row("results written, a second", f"{alone['per_second']:.0f}",
                       f"{told['per_second']:.0f}", "-", "-",
                       self.table.goal(told["per_second"] > 0.98 * RATE, f"all {RATE} that come"))
        self.table.note(
            f"While they were asked, a result was on disk after {told['p50_ms']:.1f} ms (99 %: "
            f"{told['p99_ms']:.1f} ms). Alone: as many as go, 200 on their way at once.")
        return self.table


def bench(setup):
    return Bench(setup).run()
