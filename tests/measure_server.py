"""A crowd of clients against a running server: `python -m tests.measure_server [SECONDS] [CLIENTS]`.

It starts `tongwen serve` over a library of its own with the sample articles, and prints one JSON object: answers and
refusals to answer by kind, the median and the 95th percentile of the time to an answer in milliseconds, and the
resident memory of the server before, in the middle and after.
"""

import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.serving import serving_product

QUESTIONS = (
    "亚马逊 2026 年的资本支出是多少？",
    "为什么投资者感到不安？",
    "What share of the budget goes to AWS?",
    "How many corporate jobs has Amazon cut?",
    "Who won the chess match in Reykjavik?",
)


def main(seconds: float = 60.0, clients: int = 50) -> None:
    with tempfile.TemporaryDirectory() as folder, serving_product(f"{folder}/library") as (address, process):
        print(json.dumps(asyncio.run(_measure(address, process, seconds, clients)), indent=2))


async def _measure(address: str, process: int, seconds: float, clients: int) -> dict[str, object]:
    kinds: Counter[str] = Counter()
    times: list[float] = []
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False, limits=limits) as client:
        for question in QUESTIONS:  # what is loaded once is not counted
            (await client.post("/api/v1/ask", json={"question": question})).raise_for_status()
        memory = [_resident_megabytes(process)]
        started = time.monotonic()

        async def one(number: int) -> None:
            while time.monotonic() < started + seconds:
                number += 1
                kind, spent, wait = await _ask(client, QUESTIONS[number % len(QUESTIONS)], stream=number % 3 == 0)
                kinds[kind] += 1
                if kind == "answered":
                    times.append(spent * 1000)
                await asyncio.sleep(wait)

        async def watch() -> None:
            await asyncio.sleep(seconds / 2)
            memory.append(_resident_megabytes(process))

        await asyncio.gather(watch(), *map(one, range(clients)))
        memory.append(_resident_megabytes(process))
    cuts = statistics.quantiles(times, n=20)
    return {
        "clients": clients,
        "seconds": seconds,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "kinds": dict(kinds),
        "answers_per_second": round(len(times) / seconds, 1),
        "p50_ms": round(cuts[9]),
        "p95_ms": round(cuts[18]),
        "memory_mb": memory,
    }


async def _ask(client: httpx.AsyncClient, question: str, stream: bool) -> tuple[str, float, float]:
    """What came of it, the seconds it took, and the seconds to stay away."""
    started = time.monotonic()
    try:
        response = await client.post("/api/v1/ask", json={"question": question, "stream": stream})
    except httpx.HTTPError as error:
        return type(error).__name__, 0, 0
    spent = time.monotonic() - started
    if response.status_code != 200:
        wait = response.headers.get("retry-after")
        code = response.json().get("code")
        return f"{response.status_code} {code}{'' if wait else ' without Retry-After'}", spent, float(wait or 1)
    whole = "event: answer\n" in response.text if stream else response.json()["question"] == question
    return "answered" if whole else "not an answer", spent, 0


def _resident_megabytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


if __name__ == "__main__":
    main(*(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50) if len(sys.argv) > 1 else ())
