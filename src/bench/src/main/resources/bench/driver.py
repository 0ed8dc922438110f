"""What the programs of `lorahub bench reference` and `serve` share: they read one JSON object a line from standard input and answer each with one
on standard output: {"do": "load", ...}, then {"do": "score", ...} and {"do": "bare"}, which are methods of what was loaded.
"""
import contextlib
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"  # else PEFT asks a hub for the base model's config

import torch


def adapters_in(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def padded(rows, filler):
    longest = max(map(len, rows))
    return [row + [filler] * (longest - len(row)) for row in rows]


def take_threads(threads):
    if threads:  # 0: as many as torch takes by itself
        torch.set_num_threads(threads)


def answered(questions, answers, load, functions):
    loaded = None
    for line in questions:
        question = json.loads(line)
        what = question.pop("do")
        try:
            if "threads" in question:
                take_threads(question.pop("threads"))
            if what == "load":
                loaded = load(**question)
                answer = {"torch": torch.__version__, "threads": torch.get_num_threads()}
            else:
                answer = functions.get(what, getattr(loaded, what, None))(**question)
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def serve(load, **functions):
    """Answers until standard input ends. `load` makes the object whose methods answer; `functions` need none."""
    channel = os.fdopen(os.dup(1), "w")
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        answered(sys.stdin, channel, load, functions)
