# SPDX-License-Identifier: MIT
"""The worker's side of the comparison in Python; the protocol is in worker.hpp."""
import sys
import time


def serve(facts, works):
    """`works` maps a name to a function without arguments that prepares the work and returns a function of the number of steps."""
    for key, value in facts.items():
        print(f"{key}: {value}")
    print(flush=True)
    prepared = {}
    for line in sys.stdin:
        command, name, *rest = line.split()
        try:
            if name not in works:
                answer = f"cannot do {name}"
            elif command == "prepare":
                prepared[name] = works[name]()
                prepared[name](1)
                answer = "ready 0 0"
            elif command == "run":
                run, steps = prepared[name], int(rest[0])
                start, worked = time.clock_gettime(time.CLOCK_MONOTONIC), time.process_time()
                run(steps)
                answer = f"{time.clock_gettime(time.CLOCK_MONOTONIC) - start:.9e} {time.process_time() - worked:.9e}"
            elif command == "drop":
                prepared.pop(name, None)
                answer = "ready 0 0"
            else:
                answer = f"cannot understand {command}"
        except Exception as error:
            answer = "cannot " + " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print(answer, flush=True)
