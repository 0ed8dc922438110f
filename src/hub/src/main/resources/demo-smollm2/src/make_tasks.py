"""Chooses joint tasks that some weights of their skills' adapters solve, and writes the demo: adapters, tasks and hub.json.

    python make_tasks.py --base FOLDER --adapters FOLDER --out ..

Adapters that get fewer than AT_LEAST of their own skill right are left out. A task is tried on inputs of the part "choice", which
neither the adapters nor few-shot and held-out examples have. It is taken if the best of a grid of weights gets AT_LEAST of them
exactly right, and base model and each part alone at most PART_AT_MOST.
Tasks are tried in a shuffled order until TASKS are taken, each skill in a quarter of them at most. choice.jsonl in the adapters'
folder records every task that was tried. If you start the script again, it tries only the others.
"""

import argparse
import itertools
import json
import random
import shutil
from pathlib import Path

import torch
from peft.utils import load_peft_weights
from skills import CONTENT, FORM, SKILLS, TITLES, pairs, training_pairs
from train_adapters import BASE_MODEL, PROMPT, accuracy, loss_of
from transformers import AutoModelForCausalLM, AutoTokenizer

TRIED = 12
AT_LEAST, PART_AT_MOST = 0.4, 0.1
GRID = {"form": [0.8, 1.0, 1.25], "content": [0.4, 0.6, 0.8, 1.0]}  # weights
DECODED = 2
HOPELESS = 1.5  # nats a token at the best of the grid: not decoded
FEW_SHOT_DRAWS, HELD_OUT = 5, 100
TASKS = 16
TRIPLES = 4  # of them
BEGINNINGS, ENDS = ["dash", "label"], ["question", "exclamation"]  # forms of triples


class Mixes:
    """The base model with any mix of adapters added to its weights."""

    def __init__(self, base, adapters):
        self.model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
        self.adapters = adapters
        self.own = {}
        self.deltas = {}

    def delta(self, name):
        if name not in self.deltas:
            config = json.loads((self.adapters / name / "adapter_config.json").read_text())
            factors = load_peft_weights(self.adapters / name, device="cpu")
            scale = config["lora_alpha"] / config["r"]
            self.deltas[name] = {
                key.removeprefix("base_model.model.").removesuffix(".lora_A.weight"): scale
                * (factors[key.replace("lora_A", "lora_B")].float() @ factors[key].float())
                for key in factors
                if key.endswith("lora_A.weight")
            }
        return self.deltas[name]

    @torch.no_grad()
    def of(self, weights):
        """The model with this mix, {adapter: weight}."""
        for module, own in self.own.items():
            self.model.get_submodule(module).weight.copy_(own)
        for name, weight in weights.items():
            for module, delta in self.delta(name).items():
                parameter = self.model.get_submodule(module).weight
                self.own.setdefault(module, parameter.clone())
                parameter.add_(delta, alpha=weight)
        return self.model


@torch.no_grad()
def tried(task, mixes, tokenizer):
    examples = pairs(task, "choice")
    examples = random.Random(task).sample(examples, min(TRIED, len(examples)))
    skills = task.split("-")
    grid = [GRID["form" if skill in FORM else "content"] for skill in skills]
    grid = [dict(zip(skills, weights)) for weights in itertools.product(*grid)]
    losses = [loss_of(mixes.of(weights), tokenizer, examples).item() for weights in grid]
    best = sorted(range(len(grid)), key=losses.__getitem__)[:DECODED]
    if min(losses) > HOPELESS:
        return {"task": task, "examples": len(examples), "loss": min(losses), "exact_match": 0.0}
    reached = [(accuracy(mixes.of(grid[i]), tokenizer, examples), grid[i]) for i in best]
    exact_match, weights = max(reached, key=lambda r: r[0])
    if exact_match < AT_LEAST:
        return {"task": task, "examples": len(examples), "loss": min(losses), "exact_match": exact_match}
    alone = {skill: accuracy(mixes.of({skill: 1.0}), tokenizer, examples) for skill in skills}
    return {
        "task": task,
        "examples": len(examples),
        "loss": min(losses),
        "exact_match": exact_match,
        "weights": weights,
        "base": accuracy(mixes.of({}), tokenizer, examples),
        "alone": alone,
    }


def candidates(skills):
    """Pairs of a form and a content; triples of a beginning, an end and a content. In a shuffled order."""
    contents = [s for s in skills if s in CONTENT]
    tasks = [f"{form}-{content}" for content in contents for form in skills if form in FORM]
    tasks += [f"{first}-{last}-{c}" for c in contents for first in BEGINNINGS for last in ENDS if {first, last} <= set(skills)]
    random.Random("tasks").shuffle(tasks)
    return tasks


def is_good(choice):
    return choice["exact_match"] >= AT_LEAST and max(choice["base"], *choice["alone"].values()) <= PART_AT_MOST


def has_room(task, taken):
    """Whether a task may still be taken: none of its skills is in too many tasks, nor are there too many triples."""
    skills = task.split("-")
    uses = [sum(skill in t.split("-") for t in taken) for skill in skills]
    triples = sum(len(t.split("-")) == 3 for t in taken)
    return max(uses) < TASKS // 4 and (len(skills) < 3 or triples < TRIPLES)


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"input": text, "output": answer}, ensure_ascii=False) for text, answer in rows]
    path.write_text("".join(line + "\n" for line in lines))


def write_task(task, folder):
    rng = random.Random(task)
    few_shot, held_out = pairs(task, "few_shot"), pairs(task, "held_out")
    for draw in range(1, FEW_SHOT_DRAWS + 1):
        write(folder / f"few-shot-{draw}.jsonl", rng.sample(few_shot, 5))
    write(folder / "held-out.jsonl", rng.sample(held_out, min(HELD_OUT, len(held_out))))


def adapter_entry(name):
    examples = random.Random(name).sample(training_pairs(name, "check"), 3)
    return {
        "name": name,
        "title": TITLES[name],
        "examples": [{"input": text, "output": answer} for text, answer in examples],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="SmolLM2-135M-Instruct")
    parser.add_argument("--adapters", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    lines = (args.adapters / "results.jsonl").read_text().splitlines()
    able = {row["skill"] for row in map(json.loads, lines) if row["right"] >= AT_LEAST}
    skills = [s for s in SKILLS if s in able and (args.adapters / s).is_dir()]
    record = args.adapters / "choice.jsonl"
    choices = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    known = {c["task"]: c for c in choices}
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    mixes = Mixes(args.base, args.adapters)
    tasks = []
    for task in candidates(skills):
        if len(tasks) == TASKS or not has_room(task, tasks):
            continue
        if task not in known:
            known[task] = tried(task, mixes, tokenizer)
            with open(record, "a") as lines:
                lines.write(json.dumps(known[task]) + "\n")
            print(known[task], flush=True)
        if is_good(known[task]):
            tasks.append(task)
    tasks.sort()
    for folder in ("adapters", "tasks"):
        shutil.rmtree(args.out / folder, ignore_errors=True)
    for name in skills:
        shutil.copytree(args.adapters / name, args.out / "adapters" / name)
    for task in tasks:
        write_task(task, args.out / "tasks" / task)
    hub = {
        "base_model": BASE_MODEL,
        "prompt": PROMPT,
        "adapters": [adapter_entry(name) for name in sorted(skills)],
        "unseen_tasks": tasks,
    }
    (args.out / "hub.json").write_text(json.dumps(hub, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
