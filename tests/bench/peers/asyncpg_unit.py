"""The bare unit as asyncpg does it: a count a line comes in, units a second go out."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg

CONNECTIONS = 8
FORM = '{"days": 90}'
NEXT = {"drafted": "review", "review": "drafted"}


async def unit(pool, case_id):
    at = datetime.now(UTC)
    async with pool.acquire() as connection, connection.transaction():
        state, version, form = await connection.fetchrow(
            "SELECT state, version, form FROM bench_cases WHERE id = $1", case_id
        )
        if not 1 <= json.loads(form)["days"] <= 365:
            raise RuntimeError("the period is not permitted")
        moved = await connection.execute(
            "UPDATE bench_cases SET state = $1, version = $2 WHERE id = $3 AND version = $4",
            NEXT[state], version + 1, case_id, version,
        )  # fmt: skip
        if moved != "UPDATE 1":
            raise RuntimeError("somebody else was faster")
        await connection.execute(
            "INSERT INTO bench_events VALUES ($1, $2, $3, $4, $5, $6)",
            str(uuid4()), case_id, version + 1, "move", at, FORM,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO bench_jobs VALUES ($1, $2, $3, $4, NULL)", str(uuid4()), case_id, "message", at
        )


async def turn(pool, count):
    left = iter(range(count))

    async def keep_firing(case_id):
        for _ in left:
            await unit(pool, case_id)

    began = time.perf_counter()
    await asyncio.gather(*[keep_firing(f"case-{number}") for number in range(CONNECTIONS)])
    return count / (time.perf_counter() - began)


async def main(address):
    url = urlsplit(address)
    pool = await asyncpg.create_pool(
        host=parse_qs(url.query)["host"][0], user=url.username, database=url.path[1:],
        min_size=CONNECTIONS, max_size=CONNECTIONS,
    )  # fmt: skip
    for line in sys.stdin:
        sys.stdout.write(f"{await turn(pool, int(line))}\n")
        sys.stdout.flush()
    await pool.close()


asyncio.run(main(sys.argv[1]))
