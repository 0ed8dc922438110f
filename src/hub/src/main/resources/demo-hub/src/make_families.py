"""Writes families of tasks to judge the search on: all pairs of the hub's skills, once more the pairs that the search
was not made with, and 200 triples.

    python make_families.py --words ../words.txt --out FOLDER

The skills of un-past are applied from the right: un(past(word)). Orders that give the same strings are one task, and
the published tasks (UNSEEN) are left out. Each task has few-shot draws, held-out words, and 60 words to fit weights to:
`lorahub bench solvable FOLDER` finds out which tasks such weights solve. solvable-pairs.json has the answers for 122 pairs,
chosen by a hash of their names, solvable-other-pairs.json for the 299 others, solvable-triples.json for the triples.
"""
import argparse
import itertools
import json
import os
import random
import shutil

from make_tasks import FEW_SHOT_DRAWS, write
from tasks import F, UNSEEN

TRIPLES = 200
FITTED = 60


def composed(skills):
    def apply(word):
        for skill in reversed(skills):
            word = F[skill](word)
        return word
    return apply


def distinct(sequences, words):
    """Leaves out sequences that act like an earlier one, like a single skill or like none."""
    seen = {tuple(words)} | {tuple(f(w) for w in words) for f in F.values()}
    for skills in sequences:
        outputs = tuple(map(composed(skills), words))
        if outputs not in seen:
            seen.add(outputs)
            yield skills


def families(words):
    published = [set(name.split("-")) for name in UNSEEN]
    pairs = [p for p in distinct(itertools.permutations(F, 2), words) if set(p) not in published]
    others = json.load(open(solved("other-pairs")))
    triples = list(itertools.permutations(F, 3))
    random.Random("triples").shuffle(triples)
    return {"pairs": pairs,
            "other-pairs": [p for p in pairs if "-".join(p) in others],
            "triples": itertools.islice(distinct(triples, words), TRIPLES)}


def solved(family):
    return f"{os.path.dirname(os.path.abspath(__file__))}/solvable-{family}.json"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--words", required=True)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    words = open(a.words).read().split()
    # words[:2700] were seen in training the adapters
    shown, held_out = words[2700:2900], words[2900:3200]
    for family, tasks in families(words[2700:]).items():
        for skills in tasks:
            name, f = "-".join(skills), composed(skills)
            folder = f"{a.out}/{family}/{name}"
            rng = random.Random(name)
            for draw in range(1, FEW_SHOT_DRAWS + 1):
                write(f"{folder}/few-shot-{draw}.jsonl", f, rng.sample(shown, 5))
            write(f"{folder}/held-out.jsonl", f, rng.sample(held_out, 100))
            write(f"{folder}/fit.jsonl", f, rng.sample(shown, FITTED))
    for family in "pairs", "other-pairs", "triples":
        shutil.copy(solved(family), f"{a.out}/{family}/solvable.json")


if __name__ == "__main__":
    main()
