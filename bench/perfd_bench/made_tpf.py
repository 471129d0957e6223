"""Torperf's result lines by the million: three sizes in the proportions of its schedule."""

import random

from .made_day import Relays

SIZES = [51200] * 12 + [1048576] * 2 + [5242880]


def write_tpf(path, seed, count):
    """`count` results, each with its annotation."""
    draw = random.Random(seed)
    relays = Relays(draw)
    fingerprints = [relay.split("~")[0] for relay in relays.all]
    uniform = draw.random
    at = 1300000000.0
    with open(path, "w", encoding="ascii") as out:
        for number in range(count):
            size = SIZES[number % len(SIZES)]
            at += 20 * (1 + uniform())
            answer, first = uniform(), 1 + uniform()
            lasts = size / 4e5 * (0.5 + uniform())
            tenths = " ".join(f"DATAPERC{i}0={at + first + lasts * i / 10:.2f}" for i in range(1, 10))
            hops = sorted((uniform(), uniform(), uniform()))
            path_text = ",".join(fingerprints[int(uniform() * len(fingerprints))] for _ in range(3))
            late = uniform() < 0.01
            end = "0.0" if late else f"{at + first + lasts:.2f}"
            out.write(
                "@type torperf 1.0\n"
                f"BUILDTIMES={hops[0]:.12f},{hops[1]:.12f},{hops[2]:.12f} CIRC_ID={number % 60000} "
                f"CONNECT={at:.2f} DATACOMPLETE={end} {tenths} DATAREQUEST={at + answer:.2f} "
                f"DATARESPONSE={at + first:.2f} DIDTIMEOUT={int(late)} FILESIZE={size} "
                f"LAUNCH={at - 90:.2f} NEGOTIATE={at:.2f} PATH={path_text} QUANTILE=0.800000 "
                f"READBYTES={size * 3 // 5 if late else size + 293} REQUEST={at:.2f} "
                f"RESPONSE={at + answer:.2f} SOCKET={at:.2f} SOURCE=made START={at:.2f} "
                f"TIMEOUT=1500 USED_AT={at + first + lasts:.2f} USED_BY={number % 90000} "
                "WRITEBYTES=75\n")
    return path
