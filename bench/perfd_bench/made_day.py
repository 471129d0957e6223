"""What a measuring host of OnionPerf sees in a day, drawn from a seed: transfers every five minutes
by turns to an onion service and to a public server, each with a stream and a circuit of tor's, and
the circuits that tor builds meanwhile. made_logs.py and made_documents.py write it down.

Shapes and proportions are those of real logs and documents; names and numbers are all made up.
"""

import random

DAY = 86400
SIZE = 5 << 20
EVERY = 300  # seconds a transfer
SOURCE = "op-made"
ONION = "madeup" + "a" * 49 + "d"
PUBLIC = ("server.made.example", "192.0.2.35")
# As TGen counts what has come: its marks of bytes, and each tenth.
PARTIALS = (10240, 20480, 51200, 102400, 204800, 512000, 1048576, 2097152, 5242880)


class Relays:
    def __init__(self, draw, count=6000):
        self.all = [f"${draw.getrandbits(160):040X}~relay{number}" for number in range(count)]

    def path(self, draw, hops=3):
        return [self.all[int(draw.random() * len(self.all))] for _ in range(hops)]


class Circuit:
    """Launched at `at` (seconds since the epoch); hops after so many seconds; closed."""

    def __init__(self, draw, relays, number, at, closes, built=True):
        self.number, self.at, self.path = number, at, relays.path(draw)
        steps = [draw.uniform(0.05, 0.6) for _ in self.path]
        self.hops = [round(sum(steps[:i + 1]), 2) for i in range(3)]
        self.failed = not built
        if self.failed:
            keep = int(draw.random() * 3)
            self.path, self.hops = self.path[:keep], self.hops[:keep]
            closes = at + 1.5
        self.closes = round(max(closes, at + 2), 2)


class Transfer:
    def __init__(self, draw, relays, number, at, circuit):
        self.number, self.at, self.port = number, at, 32768 + number * 2 % 28000
        self.onion = number % 2 == 0
        self.failed = draw.random() < 0.01
        self.answer = draw.uniform(0.2, 1.2) + (1.5 if self.onion else 0)  # the proxy's
        self.first = self.answer + draw.uniform(0.2, 1.0)
        self.lasts = draw.uniform(6.0, 32.0)
        self.last = self.first + self.lasts
        # tor built it before it was asked for.
        self.circuit = Circuit(draw, relays, circuit, at - draw.uniform(3, 60), at + self.last + 20)

    @property
    def name(self):
        return f"{ONION}.onion" if self.onion else PUBLIC[0]

    @property
    def remote(self):
        return f"{ONION}.onion:0.0.0.0:8080" if self.onion else f"{PUBLIC[0]}:{PUBLIC[1]}:8080"

    @property
    def target(self):
        return f"{ONION}.onion:8080" if self.onion else f"{PUBLIC[1]}:8080"

    @property
    def came(self):
        """Payload bytes at the end."""
        return SIZE * 3 // 5 if self.failed else SIZE

    def when(self, payload):
        """Seconds from the start until so much payload was there."""
        return self.first + self.lasts * payload / SIZE


class Day:
    def __init__(self, seed, begin, circuits=1000):
        draw = random.Random(seed)
        self.draw, self.begin = draw, begin
        self.relays = Relays(draw)
        number = 1000
        self.transfers, self.circuits = [], []
        for turn in range(DAY // EVERY):
            number += 1
            at = begin + turn * EVERY + 9.4 + draw.random() * 0.1
            transfer = Transfer(draw, self.relays, 34000 + turn, at, number)
            self.transfers.append(transfer)
            self.circuits.append(transfer.circuit)
        for _ in range(circuits - len(self.transfers)):
            number += 1
            at = round(begin + draw.random() * (DAY - 2000), 2)
            self.circuits.append(Circuit(draw, self.relays, number, at, at + draw.uniform(60, 1800),
                                         built=draw.random() > 0.15))
        self.circuits.sort(key=lambda circuit: circuit.number)
