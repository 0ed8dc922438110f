"""Compares snapshot_download from a hub with the same client's download of the same file from Python's own HTTP server, in turn.

    snapshot_download.py HUB NAME FILE ROUNDS      # HF_TOKEN is a token that can write to the new repository NAME

snapshot_download can't ask a plain server, so that one is read with http_get, which snapshot_download itself calls for a file. The
server is a process of its own. Prints {"client": version, "bytes": n, "rounds": n, "hub_seconds": [...], "plain_seconds": [...]}.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HUB, NAME, FILE, ROUNDS = sys.argv[1], sys.argv[2], Path(sys.argv[3]).resolve(), int(sys.argv[4])


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def plain_server():
    words = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(FILE.parent)]
    server = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = server.stdout.readline().split(" port ")[1].split()[0]  # Serving HTTP on 127.0.0.1 port 40123 (…
    return server, "http://127.0.0.1:%s/%s" % (port, FILE.name)


def measured(huggingface_hub, address, folder):
    api = huggingface_hub.HfApi()
    size = FILE.stat().st_size
    api.create_repo(NAME)
    api.upload_file(path_or_fileobj=str(FILE), path_in_repo=FILE.name, repo_id=NAME)
    target, snapshot = folder / "plain", folder / "snapshot"

    def plain():
        with open(target, "wb") as file:
            huggingface_hub.file_download.http_get(address, file, expected_size=size)

    seconds = {"hub_seconds": [], "plain_seconds": []}
    for number in range(ROUNDS + 1):
        of_plain = timed(plain)
        of_hub = timed(lambda: api.snapshot_download(NAME, local_dir=snapshot))
        assert target.stat().st_size == (snapshot / FILE.name).stat().st_size == size
        target.unlink()
        shutil.rmtree(snapshot)
        if number:  # the first round warms up
            seconds["plain_seconds"].append(of_plain)
            seconds["hub_seconds"].append(of_hub)
    api.delete_repo(NAME)
    return {"client": huggingface_hub.__version__, "bytes": size, "rounds": ROUNDS, **seconds}


def main():
    with tempfile.TemporaryDirectory(dir=FILE.parent) as folder:
        os.environ.update(HF_ENDPOINT=HUB, HF_HOME=folder, HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1")
        import huggingface_hub  # reads these variables

        server, address = plain_server()
        try:
            print(json.dumps(measured(huggingface_hub, address, Path(folder))))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
