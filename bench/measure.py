"""Runs commands as whole processes and tells what each took.

measure.py run N OUT NAME COMMAND… [--- NAME COMMAND…]…
    runs the commands one after the other, the whole round N times, so that a machine that slows
    down or speeds up meanwhile does so for all; appends NAME, wall, user + sys and peak memory of
    each to OUT as tab-separated lines. A shell runs each command.
measure.py table OUT [NAME/NAME]…
    prints medians with their spread, and the ratios asked for, as a Markdown table.

With SERVER_PID in the environment, processor time is that of the command and of the PostgreSQL
server whose first process that is, all its processes together.
"""
import os
import statistics
import subprocess
import sys
import time


def processor_seconds(pid, ended):
    """User + sys of a process; with `ended`, of its children that are gone too."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, fields[11:15 if ended else 13])) / os.sysconf("SC_CLK_TCK")


def server_seconds():
    """User + sys of the server's processes, those that have ended included."""
    server = os.environ.get("SERVER_PID")
    if not server:
        return 0
    with open(f"/proc/{server}/task/{server}/children", encoding="ascii") as file:
        children = file.read().split()
    return processor_seconds(server, True) + sum(processor_seconds(c, False) for c in children)


def run_once(command):
    """Wall seconds, processor seconds, peak resident megabytes of one process and its children."""
    before = server_seconds()
    start = time.monotonic()
    child = subprocess.Popen(["bash", "-c", command])
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        sys.exit(f"measure: failed: {command}")
    if os.environ.get("SERVER_PID"):
        time.sleep(0.2)  # the session's own process ends after its client
    server = server_seconds() - before
    return wall, usage.ru_utime + usage.ru_stime + server, usage.ru_maxrss / 1024


def split(arguments):
    jobs, job = [], []
    for argument in arguments + ["---"]:
        if argument != "---":
            job.append(argument)
        elif job:
            jobs.append((job[0], " ".join(job[1:])))
            job = []
    return jobs


def run(times, out, arguments):
    for round_number in range(1, times + 1):
        for name, command in split(arguments):
            wall, cpu, memory = run_once(command)
            if name.startswith("-"):
                continue
            with open(out, "a", encoding="utf-8") as file:
                file.write(f"{name}\t{wall:.3f}\t{cpu:.3f}\t{memory:.0f}\n")
            print(f"  {round_number}/{times} {name:<22} {wall:8.2f} s {cpu:8.2f} s cpu "
                  f"{memory:7.0f} MB", file=sys.stderr, flush=True)


def read(out):
    rows = {}
    with open(out, encoding="utf-8") as file:
        for line in file:
            name, *numbers = line.rstrip("\n").split("\t")
            rows.setdefault(name, []).append([float(n) for n in numbers])
    return {name: list(zip(*values)) for name, values in rows.items()}


def cell(values, digits):
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def table(out, pairs):
    rows = read(out)
    print("| job | wall s | user + sys s | peak MB |\n|---|--:|--:|--:|")
    for name, (wall, cpu, memory) in rows.items():
        print(f"| {name} | {cell(wall, 2)} | {cell(cpu, 2)} | {cell(memory, 0)} |")
    print("\n| ratio of medians | wall | user + sys | memory |\n|---|--:|--:|--:|")
    for pair in pairs:
        left, right = pair.split("/")
        ratios = [statistics.median(a) / statistics.median(b)
                  for a, b in zip(rows[left], rows[right])]
        print(f"| {left} ÷ {right} | " + " | ".join(f"{r:.2f}" for r in ratios) + " |")


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "run":
        run(int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    elif len(sys.argv) > 2 and sys.argv[1] == "table":
        table(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(__doc__)


main()
