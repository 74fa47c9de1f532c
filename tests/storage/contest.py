"""A contest: many people who do the same at once, each over a connection of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

from storage.drafts import MovedError
from storage.store import Store
from tests.databases import KEYS, SIGNING

CLICKERS = 64
STORES = 8


def contest(url, act, people=CLICKERS) -> int:
    """How many of some people succeed who all act at once, over the connections of several processes."""
    stores = [Store(url, KEYS, SIGNING) for _ in range(STORES)]
    start = threading.Barrier(people)

    def run(number) -> bool:
        start.wait(30)
        try:
            act(stores[number % STORES])
        except MovedError:
            return False
        return True

    with ThreadPoolExecutor(people) as pool:
        won = sum(pool.map(run, range(people)))
    for opened in stores:
        opened.close()
    return won
