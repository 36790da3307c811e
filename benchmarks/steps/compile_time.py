#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long programs of users take to compile, header-only and as units of betavae::compiled, by every compiler that is there.

    python3 benchmarks/steps/compile_time.py [BUILD] [--only hello records curve] [--rounds 3]
    python3 benchmarks/steps/compile_time.py --tests build/develop    each test file by itself, as the build compiles it

All compile in turn. What counts is the processor's user time, medians of the rounds, and the memory of the compiler at its peak. The
headers of other libraries are where BUILD's benchmarks find them (build/benchmarks by default), otherwise where Debian has them.
Standard library only.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDES_ONLY = "#include <Eigen/Dense>\n#include <fmt/format.h>\nint main() {}\n"
COMPILERS = ("g++", "clang++")
FORMS = {"header-only": [], "compiled": ["-DBETAVAE_COMPILED", "-DEIGEN_MAX_ALIGN_BYTES=64",
                      *(f"-DBETAVAE_COMPILED_WITH_{reader}" for reader in ("GZIP", "PNG", "SAFETENSORS", "NPZ"))]}
PROGRAMS = {
    "hello": (ROOT / "examples" / "01_hello.cpp", "-O2"),
    "records": (ROOT / "tests" / "consumer" / "records" / "main.cpp", "-O3"),
    "curve": (ROOT / "tests" / "consumer" / "curve" / "main.cpp", "-O3"),
}
# The most that each may take: a multiple of the file that includes Eigen and fmt alone, or seconds; and MB.
BARS = {
    ("hello", "header-only"): ("times", 3.5, None),
    ("hello", "compiled"): ("times", 1.5, None),
    ("records", "header-only"): ("seconds", 15, 500),
    ("records", "compiled"): ("seconds", 6, 500),
    ("curve", "header-only"): ("seconds", 15, None),
    ("curve", "compiled"): ("seconds", 6, None),
}


def run(command, folder=None):
    """User seconds and MB at the peak of a command, the processes that it starts among them."""
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, "CCACHE_DISABLE": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{shlex.join(map(str, command))}: returned {process.returncode}")
    return usage.ru_utime, usage.ru_maxrss / 1024


def include_flags(build):
    listed = build / "benchmarks" / "include_directories.txt"
    directories = listed.read_text().split("\n") if listed.exists() else [str(ROOT / "include"), "/usr/include/eigen3"]
    return [flag for directory in directories if directory and directory != "/usr/include"
            for flag in (("-I" if directory.startswith(str(ROOT)) else "-isystem"), directory)]


def measure(build, rounds, programs=("hello",)):
    """A list of {compiler, version, program, form, level, seconds: [s, …], megabytes, includes: [s, …] at the same level}."""
    flags = include_flags(build)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        includes = pathlib.Path(folder) / "includes.cpp"
        includes.write_text(INCLUDES_ONLY)
        for compiler in COMPILERS:
            if shutil.which(compiler) is None:
                continue
            version = subprocess.run([compiler, "-dumpfullversion", "-dumpversion"], capture_output=True, text=True).stdout.strip()

            def compile_file(source, level, *more):
                return run([compiler, "-std=c++20", level, *more, *flags, "-c", str(source), "-o", f"{folder}/object.o"])

            rows = [{"compiler": compiler, "version": version, "program": program, "form": form, "level": PROGRAMS[program][1],
                     "seconds": [], "megabytes": 0, "includes": []} for program in programs for form in FORMS]
            for _ in range(rounds):
                of_includes = {}
                for row in rows:
                    level = row["level"]
                    if level not in of_includes:
                        of_includes[level] = compile_file(includes, level)[0]
                    row["includes"].append(of_includes[level])
                    seconds, megabytes = compile_file(PROGRAMS[row["program"]][0], level, *FORMS[row["form"]])
                    row["seconds"].append(seconds)
                    row["megabytes"] = max(row["megabytes"], megabytes)
            results += rows
    return results


def stripped_size(build):
    """Bytes of 01_hello, built by the preset, without symbols."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["strip", "-o", f"{folder}/hello", str(build / "benchmarks" / "peers_hello")], check=True)
        return os.path.getsize(f"{folder}/hello")


def judge(row):
    """The row's bar, and whether it is kept."""
    kind, most, most_megabytes = BARS[row["program"], row["form"]]
    seconds = statistics.median(row["seconds"])
    kept = (seconds / statistics.median(row["includes"]) if kind == "times" else seconds) <= most
    kept = kept and (most_megabytes is None or row["megabytes"] <= most_megabytes)
    text = f"≤ {most} times" if kind == "times" else f"≤ {most} s"
    return text + (f", ≤ {most_megabytes} MB" if most_megabytes is not None else ""), kept


def table(results, size=None):
    lines = ["| program | form | compiler | flags | user time: minimum, median | times Eigen and fmt alone | peak | bar | kept |",
             "|---|---|---|---|---|---|---|---|---|"]
    for row in results:
        bar, kept = judge(row)
        seconds, includes = row["seconds"], row["includes"]
        lines.append(f"| {row['program']} | {row['form']} | {row['compiler']} {row['version']} | {row['level']} "
                     f"| {min(seconds):.2f} s, {statistics.median(seconds):.2f} s "
                     f"| {statistics.median(seconds) / statistics.median(includes):.2f} ({statistics.median(includes):.2f} s) "
                     f"| {row['megabytes']:.0f} MB | {bar} | {'yes' if kept else 'no'} |")
    if size is not None:
        lines += ["", f"Hello, header-only and stripped: {size / 1024:.0f} KiB, with every instruction set in it."]
    return "\n".join(lines)


def measure_tests(build):
    """User seconds of each test file, compiled once more by the command of the build: the slowest, median and ninth of ten."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for entry in json.loads((build / "compile_commands.json").read_text()):
            if re.search(r"/tests/.*_test\.cpp$", entry["file"]):
                command = shlex.split(entry["command"])
                command[command.index("-o") + 1] = f"{folder}/object.o"
                seconds.append((run(command, entry["directory"])[0], os.path.relpath(entry["file"], ROOT)))
    if not seconds:
        raise SystemExit(f"{build}: no test file is in its compile_commands.json")
    seconds.sort()
    lines = [f"{took:6.2f} s  {file}" for took, file in seconds[:-11:-1]]
    median = statistics.median(took for took, _ in seconds)
    ninth = seconds[(9 * len(seconds) + 9) // 10 - 1][0]
    lines += ["", f"{len(seconds)} test files: median {median:.2f} s (bar: 5 s), nine of ten within {ninth:.2f} s (bar: 15 s), "
                  f"together {sum(took for took, _ in seconds):.0f} s"]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", type=pathlib.Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--only", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tests", type=pathlib.Path, metavar="BUILD", help="measure the test files of this build instead")
    options = parser.parse_args()
    if options.tests is not None:
        print(measure_tests(options.tests.resolve()))
        sys.exit()
    build_folder = options.build.resolve()
    hello = build_folder / "benchmarks" / "peers_hello"
    print(table(measure(build_folder, options.rounds, options.only), stripped_size(build_folder) if hello.exists() else None))
