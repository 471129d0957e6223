"""OnionPerf's analysis of made-up days, with as many circuits as fill a document."""

import lzma
import multiprocessing
import time

from .made_day import DAY, PARTIALS, SIZE, SOURCE, Day

FIRST_DAY = 1609459200
BYTES_OF_A_CIRCUIT = 1270
BYTES_OF_A_TRANSFER = 5000


def seconds(value):
    return repr(round(value, 6))


def pairs(indent, start, items):
    """OnionPerf takes differences of doubles, whose last digits are noise."""
    start = round(start, 2)
    inner = ",\n".join(f'{indent}  [\n{indent}    "{word}",\n'
                       f'{indent}    {round(start + value, 2) - start!r}\n{indent}  ]'
                       for word, value in items)
    return f"[\n{inner}\n{indent}]"


def circuit_text(circuit):
    states = [("GENERAL:LAUNCHED", 0.0)] + [("GENERAL:EXTENDED", hop) for hop in circuit.hops]
    lasted = circuit.closes - circuit.at
    if circuit.failed:
        states.append(("GENERAL:FAILED", lasted))
    else:
        states += [("GENERAL:BUILT", circuit.hops[-1]), ("GENERAL:CLOSED", lasted)]
    pad = " " * 12
    fields = [] if circuit.failed else [f'"buildtime_seconds": {seconds(circuit.hops[-1])}']
    fields += ['"cbt_set": false', f'"circuit_id": {circuit.number}',
               f'"elapsed_seconds": {pairs(pad, circuit.at, states)}']
    if circuit.failed:
        fields.append('"failure_reason_local": "TIMEOUT"')
    fields.append('"filtered_out": false')
    if circuit.path:
        fields.append(f'"path": {pairs(pad, circuit.at, zip(circuit.path, circuit.hops))}')
    fields += [f'"unix_ts_end": {seconds(circuit.closes)}',
               f'"unix_ts_start": {seconds(circuit.at)}']
    body = (",\n" + pad).join(fields)
    return f'          "{circuit.number}": {{\n{pad}{body}\n          }}'


def tor_stream_text(t):
    pad = " " * 12
    states = [("USER:NEW", 0.0), ("USER:SENTCONNECT", 0.01), ("USER:SUCCEEDED", t.answer),
              ("USER:CLOSED", t.last)]
    return (f'          "{t.number}": {{\n{pad}"circuit_id": "{t.circuit.number}",\n'
            f'{pad}"elapsed_seconds": {pairs(pad, t.at, states)},\n'
            f'{pad}"source": "127.0.0.1:{t.port}",\n{pad}"stream_id": {t.number},\n'
            f'{pad}"target": "{t.target}",\n{pad}"unix_ts_end": {seconds(t.at + t.last)},\n'
            f'{pad}"unix_ts_start": {seconds(t.at)}\n          }}')


def object_text(indent, items):
    items = list(items)
    if not items:
        return "{}"
    inner = ",\n".join(f'{indent}  "{key}": {value}' for key, value in items)
    return f"{{\n{inner}\n{indent}}}"


def transfer_text(t):
    pad = " " * 12
    key = f"{t.number}:6:localhost:127.0.0.1:{t.port}:{t.remote}"
    quoted = lambda items: object_text(pad, ((name, f'"{value}"') for name, value in items))
    answer, first = int(t.answer * 1e6), int(t.first * 1e6)
    last = -1 if t.failed else int(t.last * 1e6)
    created = int(t.at * 1e6) % 10**13
    tenths = [(f"0.{i}" if i < 10 else "1.0", seconds(t.when(SIZE * i // 10)))
              for i in range(11) if SIZE * i // 10 <= t.came]
    sizes = [(str(size), seconds(t.when(size))) for size in PARTIALS if size <= t.came]
    inner = pad + "  "
    fields = [
        ("byte_info", quoted([
            ("payload-bytes-recv", t.came), ("payload-bytes-send", 0),
            ("payload-progress-recv", f"{t.came * 100 / SIZE:.2f}%"),
            ("payload-progress-send", "100.00%"), ("total-bytes-recv", t.came + 105),
            ("total-bytes-send", 2167)])),
        ("elapsed_seconds", object_text(pad, [
            ("payload_bytes_recv", object_text(inner, sizes)), ("payload_bytes_send", "{}"),
            ("payload_progress_recv", object_text(inner, tenths)),
            ("payload_progress_send", object_text(inner, (
                (tenth, seconds(t.first)) for tenth, _ in tenths)))])),
        ("is_complete", "true"), ("is_error", "true" if t.failed else "false"),
        ("is_success", "false" if t.failed else "true"), ("stream_id", f'"{key}"'),
        ("stream_info", quoted([
            ("error", "TIMEOUT" if t.failed else "NONE"), ("id", t.number), ("name", SOURCE),
            ("peername", SOURCE), ("recvsize", SIZE),
            ("recvstate", "RECV_ERROR" if t.failed else "RECV_SUCCESS"), ("sendsize", 0),
            ("sendstate", "SEND_SUCCESS"), ("vertexid", "stream")])),
        ("time_info", quoted([
            ("created-ts", created), ("now-ts", created + int(t.last * 1e6)),
            ("usecs-to-checksum-recv", last), ("usecs-to-checksum-send", -1),
            ("usecs-to-command", answer + 106), ("usecs-to-first-byte-recv", first),
            ("usecs-to-first-byte-send", -1), ("usecs-to-last-byte-recv", last),
            ("usecs-to-last-byte-send", -1), ("usecs-to-proxy-choice", 605),
            ("usecs-to-proxy-init", 207), ("usecs-to-proxy-request", 667),
            ("usecs-to-proxy-response", answer), ("usecs-to-response", first),
            ("usecs-to-socket-connect", 178), ("usecs-to-socket-create", 11)])),
        ("transport_info", quoted([
            ("error", "NONE"), ("fd", 6), ("local", f"localhost:127.0.0.1:{t.port}"),
            ("proxy", "localhost:127.0.0.1:9050"), ("remote", t.remote),
            ("state", "SUCCESS_OPEN")])),
        ("unix_ts_end", seconds(t.at + t.last)), ("unix_ts_start", seconds(t.at))]
    return f'          "{key}": {object_text(" " * 10, fields)}'


def document_text(day):
    transfers = ",\n".join(map(transfer_text, day.transfers))
    circuits = ",\n".join(map(circuit_text, day.circuits))
    streams = ",\n".join(map(tor_stream_text, day.transfers))
    return (f'{{\n  "data": {{\n    "{SOURCE}": {{\n      "measurement_ip": "192.0.2.1",\n'
            f'      "tgen": {{\n        "streams": {{\n{transfers}\n        }}\n      }},\n'
            f'      "tor": {{\n        "circuits": {{\n{circuits}\n        }},\n'
            f'        "guards": [],\n        "streams": {{\n{streams}\n        }}\n      }}\n'
            '    }\n  },\n  "type": "onionperf",\n  "version": "3.1"\n}')


def write_document(task):
    path, seed, begin, size = task
    day = Day(seed, begin, 288 + max(0, size - 288 * BYTES_OF_A_TRANSFER) // BYTES_OF_A_CIRCUIT)
    text = document_text(day).encode("ascii")
    with lzma.open(path, "wb") as out:
        out.write(text)
    return len(text)


def write_documents(folder, seed, days, megabytes):
    """Gives the folder; a document of each day in it."""
    folder.mkdir()
    tasks = []
    for number in range(days):
        begin = FIRST_DAY + number * DAY
        name = time.strftime("%Y-%m-%d", time.gmtime(begin))
        tasks.append((folder / f"{name}.{SOURCE}.onionperf.analysis.json.xz", seed + number, begin,
                      megabytes * 10**6))
    with multiprocessing.Pool() as pool:
        sizes = pool.map(write_document, tasks, chunksize=1)
    return folder, sum(sizes)
