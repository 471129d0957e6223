#!/usr/bin/env python3
"""scripts/check-arrows passes a good tree, and names the line of each fault in a bad one."""

import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-arrows"

# A small tree that keeps all rules.
GOOD = {
    "src/base/CMakeLists.txt": "perfd_room(base LINK perfd_boost)\n",
    "src/base/units.h": "#include <cstdint>\n",
    "src/config/CMakeLists.txt": "perfd_room(config DEPS base)\n",
    "src/config/settings.h": '#include "base/units.h"\n',
    "src/config/config.h": '#include "config/settings.h"\n',
    "src/model/CMakeLists.txt": "perfd_room(model DEPS base)\n",
    "src/model/mark.h": '#include "base/units.h"\n',
    "src/runtime/CMakeLists.txt": "perfd_room(runtime DEPS base)\n",
    "src/runtime/clock.cpp": '#include "base/units.h"\nauto t = std::chrono::steady_clock::now();\n',
    "src/net/CMakeLists.txt": "# DEPS tor\nperfd_room(net DEPS base runtime\n  LINK fmt::fmt ASIO)\n",
    "src/net/client.cpp": '#include "base/units.h"\n#include "runtime/clock.h"\n'
    '#include "config/settings.h"\n// never fork() here\nauto s = "socket(AF_INET)";\n'
    "auto t = clock.now(); auto u = runtime::mono_now(); int const n = 10'000; ::perfd::send(x);\n",
    "src/tor/CMakeLists.txt": "perfd_room(tor DEPS model)\n",
    "src/tor/tracker.h": '#include "model/mark.h"\n',
    "src/store/CMakeLists.txt": "perfd_room(store)\n",
    "src/store/writer.cpp": "std::thread worker;\n",
    "tests/net/client_test.cpp": "TEST(Client, Connects) {}\n",
    "tests/data/old.cpp": "// TO" "DO\n",
}


def check(changes):
    """Runs the script on GOOD with these files in addition (or, with None, without them)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**GOOD, **changes}.items():
            if text is not None:
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        run = subprocess.run([SCRIPT, folder], capture_output=True, text=True)
        return run.returncode, run.stdout


class CheckArrows(unittest.TestCase):
    def assert_fault(self, changes, *expected):
        code, output = check(changes)
        self.assertEqual(code, 1, output)
        self.assertEqual(len(output.splitlines()), len(expected), output)
        for line, (place, word) in zip(output.splitlines(), expected):
            self.assertTrue(line.startswith(place + ": "), output)
            self.assertIn(word, line)

    def test_a_good_tree_passes(self):
        self.assertEqual(check({}), (0, ""))

    def test_coroutines_that_gcc_12_compiles_wrongly(self):
        bad = (
            "while (open && co_await read()) {}\n"
            "while (co_await read()) use();\n"
            "co_await route->answer({head, peer});\n"
            "co_await pool.run(loop, [path = folder / name] { return path; });\n"
            "auto x = first ? co_await one() : co_await other();\n"
            "auto y = first ? nothing() : co_await other();\n"
        )
        fine = (
            "while (auto line = co_await lines.next()) use(*line);\n"
            "while (tor.up() && now() < until) co_await sleep_for(poll);\n"
            "co_await handshake(socket, {}, trace);\n"
            "co_await prepare([this](Step const& step) { show(step); });\n"
            "co_await done(failed ? one : other);\n"
        )
        self.assertEqual(check({"tests/net/fine_test.cpp": fine}), (0, ""))
        self.assert_fault(
            {"src/net/bad.cpp": bad},
            ("src/net/bad.cpp:1", "ignores the other side"),
            ("src/net/bad.cpp:2", "may lose the frame"),
            ("src/net/bad.cpp:3", "destroys it twice"),
            ("src/net/bad.cpp:4", "destroys them twice"),
            ("src/net/bad.cpp:5", "operand of ?:"),
            ("src/net/bad.cpp:6", "operand of ?:"),
        )

    def test_an_arrow_that_is_not_in_the_table(self):
        self.assert_fault(
            {"src/net/bad.h": '#pragma once\n#include "tor/tracker.h"\n'},
            ("src/net/bad.h:2", "net may not include"),
        )

    def test_settings_are_open_to_the_rooms_above_but_not_the_rest_of_config(self):
        self.assert_fault(
            {"src/net/bad.h": '#include "config/config.h"\n', "src/model/bad.h": '#include "config/settings.h"\n'},
            ("src/model/bad.h:1", "model may not include"),
            ("src/net/bad.h:1", "net may not include"),
        )

    def test_deps_that_break_the_table(self):
        self.assert_fault(
            {"src/tor/CMakeLists.txt": "perfd_room(tor DEPS\n  model\n  net)\n"},
            ("src/tor/CMakeLists.txt:3", "may not depend on net"),
        )

    def test_deps_that_no_file_uses_and_includes_that_deps_do_not_name(self):
        self.assert_fault(
            {"src/tor/CMakeLists.txt": "perfd_room(tor DEPS base)\n"},
            ("src/tor/CMakeLists.txt:1", "no file of tor includes it"),
            ("src/tor/tracker.h:1", "does not name model"),
        )

    def test_an_unknown_room(self):
        self.assert_fault({"src/misc/a.h": "\n"}, ("src/misc:1", "unknown room"))

    def test_what_only_runtime_may_do(self):
        for call, word in {
            "auto t = std::chrono::system_clock::now();": "reads a clock",
            "clock_gettime(CLOCK_REALTIME, &t);": "reads a clock",
            "auto t = std::time(nullptr);": "reads a clock",
            "int fd = socket(AF_INET, SOCK_STREAM, 0);": "uses a socket",
            "::connect(fd, address, size);": "uses a socket",
            "return ::send(fd, data, size, 0);": "uses a socket",
            "boost::asio::ip::tcp::socket s{context};": "makes a socket",
            "asio::steady_timer t{context};": "makes a timer",
            "if (fork() == 0) {}": "handles a process",
            "::kill(pid, SIGTERM);": "handles a process",
            'std::system("date");': "starts a process",
            "getrandom(data, size, 0);": "makes random numbers",
            "std::random_device d;": "makes random numbers",
            "std::thread t{work};": "makes a thread",
            "std::this_thread::sleep_for(1s);": "sleeps",
        }.items():
            with self.subTest(call):
                self.assert_fault({"src/net/bad.cpp": f"\n  {call}\n"}, ("src/net/bad.cpp:2", word))
                self.assertEqual(check({"src/runtime/good.cpp": f"\n  {call}\n"}), (0, ""))

    def test_files_that_are_too_long(self):
        self.assert_fault({"tests/net/long_test.cpp": "\n" * 501}, ("tests/net/long_test.cpp:501", "501 lines"))

    def test_left_overs(self):
        self.assert_fault(
            {
                "src/net/a.cpp": "// TO" "DO: later\n",
                "tests/net/b_test.cpp": "\nTEST(Client, DIS" "ABLED_Connects) { GTEST" "_SKIP(); }\n",
            },
            ("src/net/a.cpp:1", "TO" "DO"),
            ("tests/net/b_test.cpp:2", "DIS" "ABLED_Connects"),
            ("tests/net/b_test.cpp:2", "GTEST" "_SKIP"),
        )


if __name__ == "__main__":
    unittest.main()
