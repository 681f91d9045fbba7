"""Some of Anki's clients in one process; its server is `python -m anki.syncserver`.

python anki_herd.py JOB: clients from JOB.first up to JOB.end, each with an account of its own and two
collections of that account: one that writes, one that reads what the other wrote. Prints a line when they have
written their notes, then answers `push` and `pull` on stdin with the milliseconds of each client.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from anki.collection import AddNoteRequest, Collection
from anki.sync import SyncOutput

PASSWORD = "bench"


def add(collection, *notes):
    """Notes of two fields each, in one transaction; Anki makes a card of each."""
    basic = collection.models.by_name("Basic")
    requests = []
    for fields in notes:
        note = collection.new_note(basic)
        note.fields = fields
        requests.append(AddNoteRequest(note=note, deck_id=1))
    collection.add_notes(requests)


class Client:
    def __init__(self, job, number, events):
        self.events = events
        self.url = job["url"]
        self.name = f"client{number}"
        self.paths = [os.path.join(job["folder"], f"{self.name}-{n}.anki2") for n in "ab"]

    def write(self):
        """Both collections are in step with the server first; then one has new notes."""
        self.writer, self.reader = [Collection(path) for path in self.paths]
        self.auth = self.writer.sync_login(self.name, PASSWORD, self.url)
        # Where the server has no card at all, Anki sends the whole file and does not merge.
        add(self.writer, ["first", "first"])
        for collection in (self.writer, self.reader):
            collection.close_for_full_sync()
            collection.full_upload_or_download(
                auth=self.auth, server_usn=None, upload=collection is self.writer
            )
            collection.reopen(after_full_sync=True)
        add(self.writer, *[[json.loads(event)["id"], event] for event in self.events])

    def push(self):
        self.sync(self.writer)

    def pull(self):
        self.sync(self.reader)

    def sync(self, collection):
        out = collection.sync_collection(self.auth, sync_media=False)
        assert out.required == SyncOutput.NO_CHANGES, out

    def check(self):
        for collection in (self.writer, self.reader):
            found, wanted = collection.note_count(), len(self.events) + 1
            assert found == wanted, f"{found} notes, not {wanted}"


def main():
    job = json.loads(sys.argv[1])
    with open(job["events"], encoding="utf-8") as file:
        lines = file.read().splitlines()
    each = len(lines) // job["clients"]
    os.makedirs(job["folder"], exist_ok=True)
    clients = [
        Client(job, n, lines[n * each : (n + 1) * each]) for n in range(job["first"], job["end"])
    ]
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(Client.write, clients))
        print("{}", flush=True)
        for line in sys.stdin:
            phase = getattr(Client, line.strip())
            start = time.perf_counter()

            def timed(client):
                phase(client)
                return (time.perf_counter() - start) * 1e3

            ms = list(pool.map(timed, clients))
            if phase is Client.pull:
                for client in clients:
                    client.check()
            print(json.dumps({"ms": ms}), flush=True)


main()
