#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long examples/01_hello.cpp takes to compile, beside a file that only includes Eigen/Dense and fmt/format.h.

Both compile in turn, by every compiler that is there; what counts is the processor's time, user and system. Standard library only.

    python3 benchmarks/steps/compile_time.py [BUILD]      build/benchmarks by default: where the headers of Eigen and fmt are
"""
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDES_ONLY = "#include <Eigen/Dense>\n#include <fmt/format.h>\nint main() {}\n"


def seconds_of(command):
    def children():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = children()
    subprocess.run(command, check=True, env={**os.environ, "CCACHE_DISABLE": "1"})
    return children() - before


def measure(build, rounds):
    """A list of {compiler, version, level, hello: [s, …], includes: [s, …]}."""
    directories = (build / "benchmarks" / "include_directories.txt").read_text().split("\n")
    flags = [flag for directory in directories if directory and directory != "/usr/include"
             for flag in (("-I" if directory.startswith(str(ROOT)) else "-isystem"), directory)]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        includes = pathlib.Path(folder) / "includes.cpp"
        includes.write_text(INCLUDES_ONLY)
        for compiler in ("g++", "clang++"):
            if shutil.which(compiler) is None:
                continue
            version = subprocess.run([compiler, "-dumpfullversion", "-dumpversion"], capture_output=True, text=True).stdout
            for level in ("-O0", "-O2"):
                def command(source):
                    return [compiler, "-std=c++20", level, *flags, "-c", str(source), "-o", f"{folder}/object.o"]

                row = {"compiler": compiler, "version": version.strip(), "level": level, "hello": [], "includes": []}
                for _ in range(rounds):
                    row["hello"].append(seconds_of(command(ROOT / "examples" / "01_hello.cpp")))
                    row["includes"].append(seconds_of(command(includes)))
                results.append(row)
    return results


def stripped_size(build):
    """Bytes of 01_hello, built by the preset, without symbols."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["strip", "-o", f"{folder}/hello", str(build / "benchmarks" / "peers_hello")], check=True)
        return os.path.getsize(f"{folder}/hello")


def table(results, size):
    lines = ["| compiler | flags | hello: minimum, median | Eigen and fmt alone: minimum, median | ratio of minima | ratio of medians |",
             "|---|---|---|---|---|---|"]
    for row in results:
        hello, includes = row["hello"], row["includes"]
        lines.append(f"| {row['compiler']} {row['version']} | {row['level']} "
                     f"| {min(hello):.2f} s, {statistics.median(hello):.2f} s "
                     f"| {min(includes):.2f} s, {statistics.median(includes):.2f} s "
                     f"| {min(hello) / min(includes):.2f} | {statistics.median(hello) / statistics.median(includes):.2f} |")
    lines += ["", f"The program, stripped: {size / 1024:.0f} KiB, with every instruction set in it."]
    return "\n".join(lines)


if __name__ == "__main__":
    chosen = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "benchmarks").resolve()
    print(table(measure(chosen, 5), stripped_size(chosen)))
