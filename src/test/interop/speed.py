"""Compares snapshot_download of a file from a hub with the same bytes from Python's own plain HTTP server, in turn.

    speed.py ADDRESS [MEGABYTES] [ROUNDS]

LORAHUB_TOKENS names the file of client_tests_members.py. Prints megabytes a second of each, median of the rounds.
"""
import functools, http.server, json, os, pathlib, shutil, statistics, sys, tempfile, threading, time

ADDRESS = sys.argv[1]
BYTES = int(float(sys.argv[2] if len(sys.argv) > 2 else 200) * 1e6)
ROUNDS = int(sys.argv[3] if len(sys.argv) > 3 else 5)
os.environ.update(HF_ENDPOINT=ADDRESS, HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1")
import huggingface_hub

member = json.loads(pathlib.Path(os.environ["LORAHUB_TOKENS"]).read_text())["user"]
api = huggingface_hub.HfApi(endpoint=ADDRESS, token=member["token"])
repository = "%s/speed-%d" % (member["name"], time.time())


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def plain(port, target):
    with open(target, "wb") as file:  # by the client's own function, so that the servers are compared
        huggingface_hub.file_download.http_get("http://127.0.0.1:%d/large.safetensors" % port, file, expected_size=BYTES)


with tempfile.TemporaryDirectory() as folder:
    served = pathlib.Path(folder, "served")
    served.mkdir()
    with open(served / "large.safetensors", "wb") as file:
        for start in range(0, BYTES, 1 << 24):
            file.write(os.urandom(min(1 << 24, BYTES - start)))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(served)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api.create_repo(repository)
    api.upload_file(path_or_fileobj=str(served / "large.safetensors"), path_in_repo="large.safetensors", repo_id=repository)
    rates = {"plain": [], "hub": []}
    for number in range(ROUNDS + 1):
        target = pathlib.Path(folder, "target")
        start = time.perf_counter()
        plain(server.server_address[1], target)
        between = time.perf_counter()
        target.unlink()
        again = time.perf_counter()
        got = api.snapshot_download(repository, local_dir=pathlib.Path(folder, "got%d" % number))
        end = time.perf_counter()
        assert pathlib.Path(got, "large.safetensors").stat().st_size == BYTES
        shutil.rmtree(got)
        if number:  # the first round warms up
            rates["plain"].append(BYTES / 1e6 / (between - start))
            rates["hub"].append(BYTES / 1e6 / (end - again))
    api.delete_repo(repository)
    server.shutdown()
ours, theirs = statistics.median(rates["hub"]), statistics.median(rates["plain"])
print("huggingface_hub %s, %d MB, %d rounds: snapshot_download %.0f MB/s, plain HTTP server %.0f MB/s, ratio %.2f"
      % (huggingface_hub.__version__, BYTES / 1e6, ROUNDS, ours, theirs, ours / theirs))
