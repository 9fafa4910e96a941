"""The bare unit as Django + django-fsm-2 does it, without HTTP: a count a line comes in, units a second go out."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

os.environ["BENCH_DATABASE"] = sys.argv[1]

from django_app.wsgi import prepare  # once its database is named

THREADS = 8


def turn(threads, count):
    from django_app.views import take_step  # noqa: PLC0415 # once Django is set up

    left = iter(range(count))

    def keep_firing(case_id):
        for _ in left:
            if take_step(case_id) is None:
                raise RuntimeError("no such step from here, or somebody else was faster")

    began = time.perf_counter()
    list(threads.map(keep_firing, [f"case-{number}" for number in range(THREADS)]))
    return count / (time.perf_counter() - began)


prepare(THREADS)
with ThreadPoolExecutor(THREADS) as threads:  # each keeps its connection
    for line in sys.stdin:
        sys.stdout.write(f"{turn(threads, int(line))}\n")
        sys.stdout.flush()
