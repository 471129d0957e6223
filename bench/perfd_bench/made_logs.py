"""The logs of a made-up day, as TGen and OnionPerf's monitor write them."""

import time

from .made_day import DAY, EVERY, SIZE, SOURCE, Day

BYTES_OF_AN_EVENT = 136  # of bandwidth, on average


def stamp(at, digits):
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(at))} {at:.{digits}f}"


def iso(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1e6):06d}"


def steps_between(transfer, lines):
    """(seconds, payload) of so many lines of progress."""
    for line in range(lines):
        payload = max(1, transfer.came * line // lines // 498 * 498)
        yield transfer.when(payload), payload


class Tgen1:
    """TGen 1.x: streams."""
    begins = ("[message] [tgen-main.c:43] [_tgenmain_run] Initializing TGen v{version} running GLib "
              f"v2.58.3 and IGraph v0.7.1 on host {SOURCE} with process id 4071")

    @staticmethod
    def beginning(t):
        return (f" transport [fd=6,local=localhost:127.0.0.1:{t.port},proxy=localhost:127.0.0.1:9050,"
                f"remote={t.remote},state=SUCCESS_OPEN,error=NONE] stream [id={t.number},"
                f"vertexid=stream,name={SOURCE},peername={SOURCE},sendsize=0,recvsize={SIZE},"
                "sendstate=SEND_SUCCESS,recvstate=")

    @staticmethod
    def progress(payload, state="RECV_PAYLOAD", error="NONE"):
        return (f"{state},error={error}] bytes [total-bytes-recv={payload + 90},"
                f"total-bytes-send=2167,payload-bytes-recv={payload},payload-bytes-send=0,"
                f"payload-progress-recv={payload * 100 / SIZE:.2f}%,payload-progress-send=100.00%]")

    status = "[info] [tgen-stream.c:1754] [_tgenstream_log] [stream-status]"

    @classmethod
    def end(cls, t):
        last = -1 if t.failed else int(t.last * 1e6)
        created = int(t.at * 1e6) % 10**13
        word, state, error = ("error", "RECV_ERROR", "TIMEOUT") if t.failed else \
            ("success", "RECV_SUCCESS", "NONE")
        answer, first = int(t.answer * 1e6), int(t.first * 1e6)
        return (f"[message] [tgen-stream.c:1738] [_tgenstream_log] [stream-{word}]"
                f"{cls.beginning(t)}{cls.progress(t.came, state, error)} times [created-ts={created},"
                "usecs-to-socket-create=11,usecs-to-socket-connect=178,usecs-to-proxy-init=207,"
                f"usecs-to-proxy-choice=605,usecs-to-proxy-request=667,usecs-to-proxy-response="
                f"{answer},usecs-to-command={answer + 106},usecs-to-response={first},"
                f"usecs-to-first-byte-recv={first},usecs-to-last-byte-recv={last},"
                f"usecs-to-checksum-recv={last},usecs-to-first-byte-send=-1,"
                "usecs-to-last-byte-send=-1,usecs-to-checksum-send=-1,"
                f"now-ts={created + int(t.last * 1e6)}]")


class Tgen0:
    """TGen before 1.0: transfers."""
    begins = (f"[message] [shd-tgen-main.c:82] [_tgenmain_run] Initializing traffic generator on "
              f"host {SOURCE} process id 10659")

    @staticmethod
    def beginning(t, state="PAYLOAD", error="NONE"):
        return (f" transport TCP,14,localhost:127.0.0.1:{t.port},localhost:127.0.0.1:9050,{t.remote},"
                f"state=SUCCESS,error=NONE transfer transfer5m,{t.number},{SOURCE},GET,{SIZE},"
                f"{SOURCE},{t.number},state={state},error={error} ")

    @staticmethod
    def progress(payload):
        return (f"total-bytes-read={payload + 29} total-bytes-write=52 "
                f"payload-bytes-read={payload}/{SIZE} ({payload * 100 / SIZE:.2f}%)")

    status = "[info] [shd-tgen-transfer.c:1534] [_tgentransfer_log] [transfer-status]"

    @classmethod
    def end(cls, t):
        last = -1 if t.failed else int(t.last * 1e6)
        word, state, error = ("error", "ERROR", "TIMEOUT") if t.failed else \
            ("complete", "SUCCESS", "NONE")
        answer, first = int(t.answer * 1e6), int(t.first * 1e6)
        return (f"[message] [shd-tgen-transfer.c:1519] [_tgentransfer_log] [transfer-{word}]"
                f"{cls.beginning(t, state, error)}{cls.progress(t.came)} usecs-to-socket-create=7 "
                "usecs-to-socket-connect=145 usecs-to-proxy-init=221 usecs-to-proxy-choice=274 "
                f"usecs-to-proxy-request=325 usecs-to-proxy-response=-1 usecs-to-command={answer} "
                f"usecs-to-response={first - 9} usecs-to-first-byte={first} "
                f"usecs-to-last-byte={last} usecs-to-checksum={last}")


def write_tgen(path, day, size, kind, version):
    """About `size` bytes of it, nearly all of them lines of progress."""
    usual = len(kind.status + kind.beginning(day.transfers[0]) + kind.progress(SIZE // 2)) + 27
    each = size // usual // len(day.transfers)
    with open(path, "w", encoding="ascii") as out:
        out.write(f"{stamp(day.begin, 6)} {kind.begins.format(version=version)}\n")
        for transfer in day.transfers:
            beginning = kind.status + kind.beginning(transfer)
            for after, payload in steps_between(transfer, each):
                out.write(f"{stamp(transfer.at + after, 6)} {beginning}{kind.progress(payload)}\n")
            out.write(f"{stamp(transfer.at + transfer.last, 6)} {kind.end(transfer)}\n")


def circuit_events(circuit):
    """(time, event) of a circuit's life."""
    flags = f"BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL TIME_CREATED={iso(circuit.at)}"
    head = f"CIRC {circuit.number}"
    yield circuit.at, f"{head} LAUNCHED {flags}"
    for hop, after in enumerate(circuit.hops, 1):
        yield circuit.at + after, f"{head} EXTENDED {','.join(circuit.path[:hop])} {flags}"
    path = ",".join(circuit.path) + (" " if circuit.path else "")
    if circuit.failed:
        yield circuit.closes, f"{head} FAILED {path}{flags} REASON=TIMEOUT"
        return
    yield circuit.at + circuit.hops[-1], f"{head} BUILT {path}{flags}"
    yield circuit.closes, f"{head} CLOSED {path}{flags} REASON=FINISHED"


def stream_events(transfer):
    head, target = f"STREAM {transfer.number}", transfer.target
    circuit = transfer.circuit.number
    yield transfer.at, (f"{head} NEW 0 {target} SOURCE_ADDR=127.0.0.1:{transfer.port} "
                        "PURPOSE=USER")
    yield transfer.at + 0.01, f"{head} SENTCONNECT {circuit} {target}"
    yield transfer.at + transfer.answer, f"{head} SUCCEEDED {circuit} {target}"
    yield transfer.at + transfer.last, (f"{head} CLOSED {circuit} {target} REASON=END "
                                        "REMOTE_REASON=DONE")


def bandwidth_events(day, second, count):
    """So many events of one second: of tor as a whole, of circuits, of streams."""
    draw = day.draw
    stream = day.transfers[max(0, second - day.begin) // EVERY].number
    yield f"BW {int(draw.random() * 400000)} {int(draw.random() * 9000)}"
    for number in range(count - 1):
        read = int(draw.random() * 400000)
        at = iso(second + 0.8 + number / 1e5)
        if number % 2:
            yield f"STREAM_BW {stream} 0 {read} {at}"
        else:
            yield (f"CIRC_BW ID={1000 + number} READ={read} WRITTEN=9671 TIME={at} DELIVERED_READ="
                   f"{read * 97 // 100} OVERHEAD_READ=1000 DELIVERED_WRITTEN=0 "
                   "OVERHEAD_WRITTEN=9462")


def write_torctl(path, day, size):
    """About `size` bytes of it, nearly all of them events of bandwidth."""
    told = [event for circuit in day.circuits for event in circuit_events(circuit)]
    told += [event for transfer in day.transfers for event in stream_events(transfer)]
    told.sort(key=lambda event: event[0])
    left = size - sum(len(text) + 42 for _, text in told)
    each = left / DAY / BYTES_OF_AN_EVENT
    next_event = 0
    with open(path, "w", encoding="ascii", newline="") as out:
        out.write(f"{stamp(day.begin - 61, 2)} Starting torctl program on host {SOURCE} using Tor "
                  "version 0.4.8.10 status=recommended\n"
                  f"{stamp(day.begin - 61, 2)} NOTICE BOOTSTRAP PROGRESS=100 TAG=done "
                  "SUMMARY=\"Done\"\n")
        for second in range(day.begin - 61, day.begin + DAY):
            while next_event < len(told) and told[next_event][0] < second + 0.8:
                at, text = told[next_event]
                out.write(f"{stamp(at, 2)} 650 {text}\r\n")
                next_event += 1
            head = stamp(second + 0.8, 2)
            count = int((second + 1) * each) - int(second * each)
            for text in bandwidth_events(day, second, count):
                out.write(f"{head} 650 {text}\r\n")


def write_logs(folder, seed, megabytes_tgen, megabytes_torctl, version, kind=Tgen1):
    """Gives the paths of both logs."""
    day = Day(seed, 1609459200)
    tgen, torctl = folder / "onionperf.tgen.log", folder / "onionperf.torctl.log"
    write_tgen(tgen, day, megabytes_tgen * 10**6, kind, version)
    write_torctl(torctl, day, megabytes_torctl * 10**6)
    return tgen, torctl
