#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same work by betavae and by its peers, in turn, in one run; one table as Markdown and as JSON. Standard library only.

    sh benchmarks/run.sh [OPTION…]                        builds, then runs this; options: sh benchmarks/run.sh --help

Each contestant is a process of its own (peers/worker.hpp says how they are spoken to), bound to as many processors as it has threads.
A round gives every contestant one turn of about --turn seconds, with a few steps before it that are not timed; every other round goes
backwards. A time is the median over the rounds, its spread half of the distance between the quartiles, and a ratio the median of the
ratios within each round, so that a machine that grows slower meanwhile favours nobody.

The limit is what the machine cannot beat, measured in the same rounds: FLOP / multiply-add peak + bytes / memory speed. FLOP are those
of the products; bytes those that the optimizer moves, or for a pass over arrays what it reads and writes; memory speed is that of the
same footprint.
"""
import argparse
import dataclasses
import datetime
import fnmatch
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "steps"))
import compile_time  # noqa: E402


@dataclasses.dataclass
class Peer:
    label: str
    program: str = ""  # in the build folder, or
    script: tuple = ()  # for Python


PEERS = {
    "ours": Peer("betavae", "peers_ours"),
    "eigen": Peer("Eigen", "peers_eigen"),
    "onednn": Peer("oneDNN", "peers_onednn"),
    "torch": Peer("PyTorch eager", script=("torch_worker.py",)),
    "compiled": Peer("PyTorch compiled", script=("torch_worker.py", "--compile")),
    "jax": Peer("JAX jit", script=("jax_worker.py",)),
    "rtneural_xsimd": Peer("RTNeural, xsimd", "peers_rtneural_xsimd"),
    "rtneural_eigen": Peer("RTNeural, Eigen", "peers_rtneural_eigen"),
    "libtorch": Peer("PyTorch in C++", "peers_libtorch"),
}


# What --isa avx2 tells each library that chooses its instructions while the program runs.
AVX2 = {"BETAVAE_ISA": "avx2", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
# Who cannot be told, and why.
COMPILED_NATIVE = "compiled for all that this processor has, and so no peer under --isa avx2"
NOT_HELD_TO_AVX2 = {"eigen": COMPILED_NATIVE, "rtneural_xsimd": COMPILED_NATIVE, "rtneural_eigen": COMPILED_NATIVE,
                    # Its product of 512 x 512 x 512 runs at 164 GFLOP/s under XLA_FLAGS=--xla_cpu_max_isa=AVX2, where AVX2 ends at 95.
                    "jax": "its products take AVX-512 whatever XLA_FLAGS say, and so no peer under --isa avx2"}


@dataclasses.dataclass
class Work:
    name: str
    label: str
    threads: tuple = (1,)
    memory: str = ""  # how memory is walked whose speed its bytes are held against (support/memory_speed.hpp)


@dataclasses.dataclass
class Section:
    title: str
    peers: tuple
    works: tuple
    note: str = ""


SECTIONS = (
    Section("Products (rows × columns × depth)", ("eigen", "onednn", "torch"), (
        Work("product/128x400x784", "128 × 400 × 784"),
        Work("product/400x784x128-transposed", "400 × 784 × 128, A transposed"),
        Work("product/512x512x512", "512 × 512 × 512"),
        Work("product/512x512x512-transposed", "512 × 512 × 512, A transposed"),
        Work("product/128x400x20", "128 × 400 × 20"),
    )),
    Section("Training steps: forward, backward, Adam", ("torch", "compiled", "jax"), (
        Work("step/784-400-20", "784-400-20, batch 128", (1, 2), "update"),
        Work("step/higgins", "4096-1200-1200-20 (Higgins), batch 64", (1, 2), "update"),
    )),
    Section("Training on records of ten fields, each with its own likelihood", ("torch", "compiled"), (
        Work("step/record", "10⁵ records, 32 hidden units, 4 latents, batch 128"),
    ), "Here records become numbers in every step; the peers have theirs as tensors from the beginning."),
    Section("Single operations", ("torch", "compiled", "jax"), (
        Work("rate/1000000", "KL, value and gradient, 10⁶", memory="triad"),
        Work("rate/2560", "KL, value and gradient, 128 × 20", memory="triad"),
        Work("bernoulli/1000000", "Bernoulli from logits, value and gradient, 10⁶", memory="triad"),
        Work("normal/1000000", "normal noise, 10⁶"),
    )),
    Section("Encoding one sample, 7-16-8", ("rtneural_xsimd", "rtneural_eigen", "eigen", "libtorch"), (
        Work("encode/independent", "independent calls"),
        Work("encode/chained", "each fed by the last"),
    )),
)


class Contestant:
    """A worker process, started when first asked."""

    def __init__(self, name, threads, options):
        self.name, self.threads, self.options = name, threads, options
        self.process, self.facts, self.absent = None, {}, ""

    def command(self):
        peer = PEERS[self.name]
        if peer.script:
            return [self.options.python, str(HERE / "peers" / peer.script[0]), *peer.script[1:]]
        return [str(self.options.build / "benchmarks" / peer.program)]

    def start(self):
        if self.process or self.absent:
            return
        command = self.command()
        if not PEERS[self.name].script and not os.path.exists(command[0]):
            self.absent = "not found when the benchmarks were built"
            return
        if self.options.isa == "avx2" and self.name in NOT_HELD_TO_AVX2:
            self.absent = NOT_HELD_TO_AVX2[self.name]
            return
        count = str(self.threads)
        environment = {**os.environ, "BETAVAE_THREADS": count, "OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count,
                       "OPENBLAS_NUM_THREADS": count, "NPROC": count}
        if self.options.isa == "avx2":
            environment.update(AVX2)
        processors = sorted(os.sched_getaffinity(0))[-self.threads:]
        with open(self.options.log, "a") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                            env=environment, preexec_fn=lambda: os.sched_setaffinity(0, processors))
        while line := self.process.stdout.readline().strip():
            key, _, value = line.partition(": ")
            self.facts[key] = value
        if self.process.poll() is not None or not self.facts:
            self.process.wait()
            self.process = None
            last = pathlib.Path(self.options.log).read_text().strip().split("\n")[-1]
            self.absent = last if PEERS[self.name].script else "does not start"

    def ask(self, *words):
        """The answer as a list of words; raises RuntimeError where there is none."""
        try:
            self.process.stdin.write(" ".join(words) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().strip()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.fail(f"ended without an answer (see {self.options.log})")
            raise RuntimeError(self.absent)
        if answer.startswith("cannot"):
            raise RuntimeError(answer)
        return answer.split()

    def fail(self, reason):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process, self.absent = None, reason

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


class Turn:
    """One contestant at one work."""

    def __init__(self, contestant, work, length):
        self.contestant, self.work = contestant, work
        contestant.start()
        if contestant.absent:
            raise RuntimeError(contestant.absent)
        _, flop, moved = contestant.ask("prepare", work)
        self.flop, self.bytes = float(flop), float(moved)
        self.steps, self.seconds, self.waiting = 1, [], []
        while (took := self.run(self.steps)) < length / 2:
            self.steps = max(self.steps + 1, min(100 * self.steps, int(self.steps * length / max(took, 1e-9))))

    def run(self, steps):
        clock, worked = self.contestant.ask("run", self.work, str(steps))
        return float(worked if self.contestant.options.clock == "processor" else clock)

    def take(self):
        self.run(max(1, self.steps // 10))
        before, began = waited(self.contestant.process), time.monotonic()
        self.seconds.append(self.run(self.steps) / self.steps)
        taken = time.monotonic() - began
        self.waiting.append(min(1.0, (waited(self.contestant.process) - before) / taken / self.contestant.threads))

    def drop(self):
        self.contestant.ask("drop", self.work)


def waited(process):
    """Seconds for which the threads of a process wanted a processor and had none (Linux; 0 elsewhere)."""
    nanoseconds = 0
    for file in pathlib.Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
        try:
            nanoseconds += int(file.read_text().split()[1])
        except (OSError, IndexError):
            pass  # the thread has ended, or the kernel does not count
    return nanoseconds / 1e9


def spread(values):
    if len(values) < 2:
        return 0.0
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return (upper - lower) / 2 / statistics.median(values)


def compete(section, work, options, contestant):
    """Runs all rounds of one work; returns one dictionary a contestant, ours first, and whoever could not take part."""
    threads = [count for count in work.threads if count in options.threads]
    turns, limits, missing = {}, {}, []
    for name in ("ours", *section.peers):
        for count in threads:
            try:
                turns[name, count] = Turn(contestant(name, count), work.name, options.turn)
            except RuntimeError as reason:
                missing.append({"work": work.name, "peer": name, "threads": count, "reason": str(reason)})
    for entry in missing:
        if entry["peer"] == "ours":  # nothing to compare with
            raise SystemExit(f"{work.name}: {entry['reason']}")
    for count in threads:
        ours = turns["ours", count]
        if ours.flop:
            limits["flop", count] = Turn(contestant("ours", count), "peak", options.turn / 4)
        if work.memory:
            limits["bytes", count] = Turn(contestant("ours", count), "memory/" + work.name, options.turn / 4)
    everybody = [*turns.items(), *limits.items()]
    for number in range(options.rounds):
        for (name, count), turn in everybody[:: 1 if number % 2 == 0 else -1]:
            try:
                if turn.contestant.process:
                    turn.take()
            except RuntimeError as reason:  # the others go on without it, unless it is ours or a limit
                if name not in section.peers:
                    raise SystemExit(f"{work.name}: {reason}") from reason
                missing.append({"work": work.name, "peer": name, "threads": count, "reason": str(reason)})
                turn.contestant.fail(str(reason))
    turns = {key: turn for key, turn in turns.items() if turn.contestant.process}
    results = []
    for (name, count), turn in turns.items():
        ours = turns["ours", count]
        result = {"work": work.name, "peer": name, "threads": count, "median": statistics.median(turn.seconds),
                  "spread": spread(turn.seconds), "waiting": statistics.median(turn.waiting),
                  "rounds": turn.seconds, "steps_a_turn": turn.steps,
                  "ratio_to_ours": statistics.median(a / b for a, b in zip(turn.seconds, ours.seconds))}
        if name == "ours":
            limit = 0.0
            for what, amount in (("flop", ours.flop), ("bytes", ours.bytes)):
                if (what, count) in limits:
                    reached = limits[what, count]
                    speed = getattr(reached, what) / statistics.median(reached.seconds)
                    result["peak_flop_per_second" if what == "flop" else "memory_bytes_per_second"] = speed
                    limit += amount / speed
            if ("bytes", count) in limits:
                # An update moves seven numbers for every four that lie in its arrays: three are written back.
                result["footprint"] = limits["bytes", count].bytes * (4 / 7 if work.memory == "update" else 1)
            if limit:
                result["limit"], result["share_of_limit"] = limit, limit / result["median"]
            if count > 1 and ("ours", 1) in turns:
                one = turns["ours", 1].seconds
                result["times_one_thread"] = statistics.median(a / b for a, b in zip(one, turn.seconds))
        results.append(result)
    for _, turn in everybody:
        if turn.contestant.process:
            turn.drop()
    return results, missing


def seconds_text(seconds):
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        if seconds * factor >= 1 or unit == "ns":
            number = seconds * factor
            return f"{number:.0f} {unit}" if number >= 100 else f"{number:.1f} {unit}" if number >= 10 else f"{number:.2f} {unit}"


def section_table(section, results):
    """One row a work and number of threads; a peer's cell: its time, its spread, and how many times ours that is."""
    present = [name for name in section.peers if any(r["peer"] == name for r in results)]
    header = ["work", "threads", "betavae", "of the limit", *(PEERS[name].label for name in present)]
    lines = [f"## {section.title}", "", "| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    for work in section.works:
        for count in work.threads:
            found = {r["peer"]: r for r in results if r["work"] == work.name and r["threads"] == count}
            if "ours" not in found:
                continue
            ours = found["ours"]
            share = f"{100 * ours['share_of_limit']:.0f} %" if "share_of_limit" in ours else "–"
            own = f"{seconds_text(ours['median'])} ± {100 * ours['spread']:.0f} %"
            if "times_one_thread" in ours:
                own += f", {ours['times_one_thread']:.2f} × one thread"
            cells = [work.label, str(count), own, share]
            for name in present:
                peer = found.get(name)
                cells.append(f"{seconds_text(peer['median'])} ± {100 * peer['spread']:.0f} %: **{peer['ratio_to_ours']:.2f} ×**"
                             if peer else "–")
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def processor_name():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.partition(": ")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def document(run):
    """The whole run as Markdown."""
    ours = run["workers"]["ours"]
    lines = ["# betavae beside its peers", "",
             f"{run['processor']}, {run['processors']} processors, load {run['load']:.1f} when the run began; "
             f"instruction set {ours['instruction set']}; betavae compiled by {ours['compiler']} with `{ours['flags']}`; {run['date']}.",
             f"Medians of {run['rounds']} rounds in which all took turns, ± half of the distance between the quartiles. "
             "Beside a peer's time: **how many times ours it is**. The limit is FLOP / measured multiply-add peak + bytes / "
             "measured memory speed (`benchmarks/compare.py` says what counts).", ""]
    waiting = [result["waiting"] for result in run["results"] if result["waiting"] > 0.02]
    if waiting:
        lines += [f"**The machine was not idle**: {len(waiting)} of {len(run['results'])} contestants waited for a processor during "
                  f"2 to {100 * max(waiting):.0f} % of their time. Repeat this when nothing else runs.", ""]
    if run["isa"] == "avx2":
        lines += ["All were held to AVX2 (`--isa avx2`).", ""]
    if run["clock"] == "processor":
        lines += ["Times are those that the processor worked, not those that passed.", ""]
    speeds = {}
    for result in run["results"]:
        for key, unit, what in (("peak_flop_per_second", "GFLOP/s", "multiply-add peak"),
                                ("memory_bytes_per_second", "GB/s", "memory speed")):
            if key in result:
                walk = next(w.memory for s in SECTIONS for w in s.works if w.name == result["work"])
                name = what if unit == "GFLOP/s" else f"{what} ({walk}, {result['footprint'] / 1e6:.3g} MB)"
                speeds.setdefault((name, result["threads"], unit), []).append(result[key] / 1e9)
    if speeds:
        lines += ["| measured limit | threads | |", "|---|---|---|"]
        lines += [f"| {name} | {threads} | {statistics.median(values):.0f} {unit} |"
                  for (name, threads, unit), values in sorted(speeds.items())] + [""]
    for section in SECTIONS:
        names = {work.name for work in section.works}
        results = [result for result in run["results"] if result["work"] in names]
        lines += [section_table(section, results)] if results else []
    if run["compile_time"]:
        lines += ["## Compiling examples/01_hello.cpp", "",
                  compile_time.table(run["compile_time"], run["stripped_size"]), ""]
    lines += ["## Peers", ""]
    for name, facts in run["workers"].items():
        if name != "ours":
            text = ", ".join(f"{key} {value}" if key != "flags" else f"`{value}`" for key, value in facts.items() if value)
            lines.append(f"- {PEERS[name].label}: {text}")
    lines += [f"- {PEERS[name].label}: **absent** ({reason})" for name, reason in run["absent"].items()]
    for entry in run["missing"]:
        if entry["peer"] not in run["absent"] and not entry["reason"].startswith("cannot do"):  # it does not offer it
            threads = f"{entry['threads']} thread{'s' if entry['threads'] > 1 else ''}"
            lines.append(f"- {PEERS[entry['peer']].label} failed at {entry['work']} with {threads}: {entry['reason']}")
    return "\n".join(lines) + "\n"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build" / "benchmarks", help="where the preset built")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--turn", type=float, default=0.2, help="seconds of one turn")
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall",
                        help="processor counts the time that processors worked: for one thread on a machine that is not idle")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads to run with")
    parser.add_argument("--isa", choices=("best", "avx2"), default="best",
                        help="avx2 holds everybody to AVX2, as a processor without AVX-512 would")
    parser.add_argument("--only", default="*", help="a pattern of works, as in 'step/*'; compile time is called compile")
    parser.add_argument("--without", nargs="*", default=[], choices=sorted(set(PEERS) - {"ours"}), help="peers to leave out")
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch and JAX")
    parser.add_argument("--output", type=pathlib.Path, help="writes OUTPUT.md and OUTPUT.json; BUILD/comparison by default")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.output = (options.output or options.build / "comparison").resolve()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.log = f"{options.output}.log"  # what workers write to their standard error
    if options.clock == "processor":
        options.threads = [1]
    available = len(os.sched_getaffinity(0))
    options.threads = [count for count in options.threads if count <= available]
    return options


def main():
    options = parse()
    pathlib.Path(options.log).write_text("")
    contestants = {}

    def contestant(name, threads):
        if (name, threads) not in contestants:
            contestants[name, threads] = Contestant(name, threads, options)
            if name in options.without:
                contestants[name, threads].absent = "left out by --without"
        return contestants[name, threads]

    run = {"date": datetime.date.today().isoformat(), "processor": processor_name(), "processors": len(os.sched_getaffinity(0)),
           "load": os.getloadavg()[0], "rounds": options.rounds, "turn_seconds": options.turn, "clock": options.clock, "isa": options.isa,
           "results": [], "missing": [], "compile_time": [], "stripped_size": 0}
    for section in SECTIONS:
        for work in section.works:
            if fnmatch.fnmatch(work.name, options.only) and any(count in options.threads for count in work.threads):
                began = time.monotonic()
                results, missing = compete(section, work, options, contestant)
                run["results"] += results
                run["missing"] += missing
                print(f"{work.name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    contestant("ours", 1).start()  # its facts stand above every table, that of compile time alone too
    for one in contestants.values():
        one.stop()
    run["workers"] = {name: one.facts for (name, _), one in contestants.items() if one.facts}
    run["absent"] = {name: one.absent for (name, _), one in contestants.items() if one.absent}
    if fnmatch.fnmatch("compile", options.only):
        run["compile_time"] = compile_time.measure(options.build, max(3, options.rounds // 3))
        run["stripped_size"] = compile_time.stripped_size(options.build)
    text = document(run)
    pathlib.Path(str(options.output) + ".md").write_text(text)
    pathlib.Path(str(options.output) + ".json").write_text(json.dumps(run, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
