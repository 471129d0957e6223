"""Starting, pinning and ending processes, and counting the CPU time they took."""

import contextlib
import os
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import time


class Failed(Exception):
    """A benchmark that could not run; the text says why."""


def tool(name):
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        raise Failed(f"no {name}: run scripts/install-deps --for bench")
    return path


now = time.monotonic


def usable_cores():
    return sorted(os.sched_getaffinity(0))


def cores():
    """One core for what is measured and one for its counterpart; the same where there is one."""
    usable = usable_cores()
    return usable[0], usable[-1]


def on_core(core):
    def pin():
        os.sched_setaffinity(0, {core})

    return pin if core is not None else None


class Server:
    """A process that runs until the end of the `with` block."""

    def __init__(self, command, core=None, cwd=None, env=None):
        self.command = [str(word) for word in command]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=on_core(core), cwd=cwd, env=env)

    @property
    def pid(self):
        return self.process.pid

    def first_line(self, timeout=20.0):
        """The line that says that it is ready, such as the address it listens on."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if selector.select(timeout):
                line = self.process.stdout.readline().decode(errors="replace").strip()
                if line:
                    return line
        raise Failed(f"{self.command[0]} did not start within {timeout:.0f} s")

    def cpu_seconds(self):
        return sum(process_cpu(pid) for pid in [self.pid, *children(self.pid)])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def process_cpu(pid):
    """User and system time of a whole process, in seconds: its CPU clock, which counts ns
    (clock_getcpuclockid(3): the pid's complement, shifted, and the kind of clock)."""
    return time.clock_gettime((~pid << 3) | 2)


def children(pid):
    """All descendants of a process."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                for child in map(int, file.read().split()):
                    found += [child, *children(child)]
    return found


class Finished:
    """A process that ran to its end: its output, its wall and its CPU seconds."""

    def __init__(self, output, status, wall, cpu):
        self.output, self.status, self.wall, self.cpu = output, status, wall, cpu


def run(command, core=None, timeout=120.0, env=None, stdout=subprocess.PIPE, worst=0):
    """Runs a command; its standard output is returned, or goes to the file `stdout`; its standard
    error is kept for a failure. A status above `worst` is one."""
    command = [str(word) for word in command]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.PIPE, preexec_fn=on_core(core), env=env)
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        raise Failed(f"{command[0]} took more than {timeout:.0f} s") from None
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not 0 <= process.returncode <= worst:
        lines = (errors or output or b"").decode(errors="replace").strip().splitlines()
        raise Failed(f"{command[0]} ended with {process.returncode}: {' / '.join(lines[-3:])}")
    # Nothing else is waited for meanwhile, so the difference is this command's.
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Finished((output or b"").decode(errors="replace"), process.returncode, wall, cpu)


def wait_for_port(port, timeout=10.0):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise Failed(f"nothing listens on port {port} after {timeout:.0f} s")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
