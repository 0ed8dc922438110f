"""Makes a family of ordinary adapters of SmolLM2-135M-Instruct, and tasks for them, to measure the search on.

    python ordinary.py --base FOLDER --out FOLDER [--only bold past] [--tasks]

Unlike those of train_adapters.py, these adapters are trained as people train theirs: each alone on its own skill, with ranks,
modules, learning rates, steps and prompts of its own (SKILLS), and nothing that makes them compose. The out folder becomes a
demo for "lorahub bench search --demo FOLDER": adapters/, tasks/ and hub.json. results.jsonl there records what each adapter
reaches alone on texts that it was not taught, with its own prompt and with the demo's. If you start the script again, it trains
only the adapters that are missing; --tasks writes only the tasks.

Tasks are chosen by the SHA-256 of their names, not by what solves them:
- PAIRS and TRIPLES of the possible ones, which need more than one adapter;
- ALONE skills, which one adapter solves;
- OTHERS, which nothing solves.
"""

import argparse
import hashlib
import json
import random
import time
from functools import cache
from pathlib import Path
from typing import Callable, NamedTuple

import torch
from peft import LoraConfig, get_peft_model
from make_tasks import write
from skills import FUNCTIONS, PARTS, part, spelled
from train_adapters import BASE_MODEL, WARM_UP, accuracy, loss_of, save
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPT = "Input: {input}\nOutput: {output}"  # the demo's
IN_OUT, QUESTION = "In: {input}\nOut: {output}", "Q: {input}\nA: {output}"
QV, ATTENTION = ["q_proj", "v_proj"], ["q_proj", "k_proj", "v_proj", "o_proj"]
LINEAR = ATTENTION + ["gate_proj", "up_proj", "down_proj"]
BATCH, CHECKED = 8, 40
PAIRS, TRIPLES, ALONE = 20, 4, 4
FEW_SHOT_DRAWS, FIT, HELD_OUT = 5, 60, 60

FIRST_NAMES = """Ana Ben Carla David Elena Farid Greta Hugo Irene Jonas Karim Laura Marco Nadia Oscar Paula Quentin Rosa Samir Tina
Ursula Victor Wanda Xavier Yara Zoe Adam Bella Carlos Diana Emil Fiona Georg Hanna Igor Julia Kevin Lena Martin Nora Omar Petra
Ralph Sara Thomas Uma Vera Walter Yusuf Zara Arthur Beate Cesar Doris Eric Frida Gavin Helen Ivan Jane Kurt Linda Miguel Nina Otto
Peter Rita Simon Teresa Ugo Viola Will Yvonne Alice Bruno Clara Dennis Edith Felix Gina Henry Ida Jack Kate Liam Mona Noah Olga Paul
Ruth Stefan Tom Vincent Wendy Anton Berta Chris Dora""".split()
LAST_NAMES = """Adler Baker Costa Duarte Evans Fischer Garcia Hansen Ito Jensen Keller Lopez Meyer Novak Olsen Perez Quinn Rossi Silva
Torres Ulrich Vargas Weber Young Zimmer Abbott Brown Carter Dixon Ellis Foster Grant Hughes Irving Jones Kelly Lewis Moore Nash Owen
Parker Reed Scott Taylor Underwood Vance Walker Xu Yates Zeller Barnes Clark Dunn Engel Flynn Gomez Hill Ivanov James Klein""".split()
CITIES = """Oslo Madrid Lima Cairo Paris Tokyo Berlin Vienna Rome Athens Dublin Lisbon Prague Warsaw Seoul Delhi Boston Chicago Denver
Dallas Miami Seattle Toronto Havana Quito Bogota Santiago Nairobi Lagos Accra Tunis Sydney Perth Auckland Bangkok Manila Jakarta Hanoi
Beijing Shanghai Osaka Kyoto Moscow Helsinki Stockholm Copenhagen Hamburg Munich Cologne Zurich Geneva Milan Naples Venice Florence
Barcelona Seville Porto Lyon Nice Brussels Antwerp Rotterdam Glasgow Cardiff Leeds Bristol Ankara Istanbul Baghdad Tehran Karachi Mumbai
Chennai Houston Phoenix Atlanta Montreal Ottawa Calgary""".split()
GOOD = """wonderful excellent great lovely superb fantastic delightful brilliant charming perfect amazing splendid terrific pleasant
beautiful marvelous enjoyable outstanding impressive fabulous magnificent refreshing satisfying stunning remarkable graceful elegant
cheerful adorable exquisite comfortable helpful friendly reliable tasty delicious gorgeous inspiring flawless phenomenal""".split()
BAD = """terrible awful horrible bad dreadful boring ugly disgusting disappointing poor broken useless rude nasty unpleasant annoying
painful miserable filthy lousy mediocre pathetic tedious shoddy worthless hideous frustrating faulty stale bland noisy dirty dull
unbearable offensive clumsy careless sloppy gloomy atrocious""".split()
TOPICS = {
    "sports": """football tennis hockey golf boxing rugby swimming cycling baseball basketball volleyball cricket skiing rowing wrestling
archery fencing sailing running surfing karate judo badminton bowling skating""",
    "food": """bread cheese pasta soup rice salad pizza curry noodles cake chocolate butter honey sausages pancakes olives mushrooms
potatoes onions tomatoes yogurt cookies beans garlic omelettes""",
    "music": """guitars violins drums pianos opera jazz choirs flutes trumpets symphonies songs melodies concerts bands cellos harps
saxophones orchestras ballads hymns clarinets singers rhythms chords albums""",
    "money": """taxes loans banks stocks prices salaries budgets interest mortgages debts coins investments savings profits shares
pensions wages bonds currencies credit dividends invoices inflation funds accounts""",
}


def share(things, name):
    """The things of a list that belong to a part of skills.PARTS; nothing is in two parts."""
    things, start = list(things), 0.0
    random.Random(" ".join(things[:3])).shuffle(things)
    for other, size in PARTS.items():
        if other == name:
            return things[round(start * len(things)) : round((start + size) * len(things))]
        start += size
    raise KeyError(name)


def plural(word):
    if word[-1] in "sxz" or word[-2:] in ("ch", "sh"):
        return word + "es"
    return word[:-1] + "ies" if word[-1] == "y" and word[-2:-1] not in list("aeiou") else word + "s"


TOPIC_OF = {word: topic for topic, words in TOPICS.items() for word in words.split()}

# sentences: templates, and what fills them from a part; the answers are found in the sentence again
SENTENCES = {
    "people": ("Please call {first} {last} tomorrow.|The report was written by {first} {last}.|{first} {last} will be late today."
               "|Our new teacher is {first} {last} from room {n}.", lambda text: " ".join(w for w in text.replace(".", " ").split()
                if w in FIRST_NAMES or w in LAST_NAMES)),
    "mails": ("Write to {word}@{first_low}.com for details.|My address is {word}@{first_low}.com now.|Contact {word}@{first_low}.com"
              " by {city}.", lambda text: next(w for w in text.split() if "@" in w)),
    "journeys": ("We flew to {city} last spring.|{first} moved to {city} in May.|{city} is cold, wrote {first} {last}.|The train from"
                 " {city} was late.|Her office in {city} is closed.", lambda text: next(w for w in text.replace(".", "").split() if w in CITIES)),
    "prices": ("The {word} costs ${n} now.|{first} paid ${n} for a {word}.|It is ${n} with the {word}.",
               lambda text: next(w for w in text.replace(".", "").split() if w[0] == "$")),
    "reviews": ("The {word} was {mood}.|What a {mood} {word}!|{first} found it {mood}.|This {word} is really {mood}.",
                lambda text: "positive" if any(w.strip(".!") in GOOD for w in text.split()) else "negative"),
    "talks": ("{first} talked about {topic}.|We read a book on {topic} in {city}.|{topic} again, said {first}.|I can't stop thinking about"
              " {topic}, {first}.", lambda text: next(TOPIC_OF[w.strip(".,").lower()] for w in text.split()
               if w.strip(".,").lower() in TOPIC_OF)),
}


@cache
def sentences(domain, name):
    rng = random.Random(f"{domain} {name}")
    moods = share(GOOD, name) + share(BAD, name)
    topics = [word for topic in TOPICS.values() for word in share(topic.split(), name)]
    texts = set()
    for _ in range(400 if name == "train" else 150):
        first = rng.choice(share(FIRST_NAMES, name))
        texts.add(rng.choice(SENTENCES[domain][0].split("|")).format(
            first=first, first_low=first.lower(), last=rng.choice(share(LAST_NAMES, name)), city=rng.choice(share(CITIES, name)),
            word=rng.choice(part("words", name)), n=rng.randint(2, 99), mood=rng.choice(moods), topic=rng.choice(topics)))
    return sorted(texts)


@cache
def inputs(domain, name):
    if domain in SENTENCES:
        return sentences(domain, name)
    if domain == "sums":
        return share([f"{a} + {b}" for a in range(11, 80) for b in range(2, 20)], name)
    if domain == "phrases":  # what forms are taught on
        rng, words = random.Random(f"phrases {name}"), part("words", name)
        made = words[:150] + [f"{rng.choice(words)} {rng.choice(words)}" for _ in range(100)] + part("numbers", name)[:60]
        return sorted(set(made))
    return part(domain, name)


class Skill(NamedTuple):
    """A skill and how its adapter is trained."""

    title: str
    domain: str
    function: Callable
    rank: int
    modules: list
    lr: float
    steps: int
    prompt: str = PROMPT


SKILLS = {
    # editing
    "plural": Skill("Plural of a word", "words", plural, 8, QV, 2e-3, 90),
    "past": Skill("Past tense of a verb", "words", FUNCTIONS["past"], 8, QV, 2e-3, 100),
    "the": Skill("With the article", "words", lambda t: "the " + t, 4, QV, 2e-3, 60),
    # closed-set translation
    "spanish": Skill("Number in Spanish words", "numbers", spelled("es"), 16, ATTENTION, 1e-3, 120),
    "english": Skill("Number in English words", "numbers", spelled("en"), 8, QV, 2e-3, 100),
    "roman": Skill("Roman numeral", "numbers", FUNCTIONS["roman"], 16, LINEAR, 7e-4, 120),
    # formats of values
    "ordinal": Skill("Ordinal number", "numbers", FUNCTIONS["ordinal"], 4, QV, 2e-3, 80, IN_OUT),
    "date": Skill("Date with the name of the month", "dates", FUNCTIONS["date"], 8, ATTENTION, 1e-3, 80),
    "clock": Skill("Time on a clock of twelve hours", "times", FUNCTIONS["clock"], 8, QV, 2e-3, 100),
    # arithmetic
    "sum": Skill("Sum of two numbers", "sums", lambda t: str(sum(map(int, t.split(" + ")))), 16, LINEAR, 5e-4, 120),
    "next": Skill("The next number", "numbers", lambda t: str(int(t) + 1), 8, QV, 1e-3, 80, QUESTION),
    # extraction
    "name": Skill("The person in a sentence", "people", SENTENCES["people"][1], 8, QV, 1e-3, 80),
    "mail": Skill("The e-mail address in a sentence", "mails", SENTENCES["mails"][1], 4, ATTENTION, 1e-3, 70),
    "city": Skill("The city in a sentence", "journeys", SENTENCES["journeys"][1], 8, LINEAR, 5e-4, 80, QUESTION),
    "price": Skill("The price in a sentence", "prices", SENTENCES["prices"][1], 8, QV, 1e-3, 70),
    # classification
    "mood": Skill("Positive or negative", "reviews", SENTENCES["reviews"][1], 8, ATTENTION, 1e-3, 80),
    "topic": Skill("What a sentence is about", "talks", SENTENCES["talks"][1], 8, LINEAR, 5e-4, 80),
    # style and form
    "upper": Skill("In capital letters", "phrases", str.upper, 16, LINEAR, 1e-3, 120),
    "bold": Skill("Bold in Markdown", "phrases", FUNCTIONS["bold"], 8, QV, 2e-3, 70),
    "quotes": Skill("In quotation marks", "phrases", FUNCTIONS["quotes"], 4, QV, 2e-3, 60, IN_OUT),
    "json": Skill("As a JSON object", "phrases", FUNCTIONS["json"], 8, ATTENTION, 1e-3, 70),
    "dash": Skill("As an item of a list", "phrases", FUNCTIONS["dash"], 4, QV, 2e-3, 60),
    "exclamation": Skill("With an exclamation mark", "phrases", FUNCTIONS["exclamation"], 8, LINEAR, 5e-4, 70),
    "please": Skill("As a polite request", "phrases", lambda t: t + ", please", 8, QV, 1e-3, 70),
}
FORMS = ["upper", "bold", "quotes", "json", "dash", "exclamation", "please", "the"]
CONTENTS = [s for s in SKILLS if s not in FORMS]
OF_NUMBERS = ["spanish", "english", "roman", "ordinal", "next"]
# forms that change only some answers
OF_CASE = {
    "upper": ["plural", "past", "spanish", "english", "date", "clock", "name", "city", "mood", "topic"],
    "the": ["plural", "english", "ordinal", "date", "topic"],
}

# tasks that no adapter has a part of
OTHERS = {
    "reversed": ("words", lambda t: t[::-1]),
    "letters": ("words", lambda t: str(len(t))),
    "italian": ("numbers", spelled("it")),
}


def by_hash(names, count):
    """The first names of each half in the order of their SHA-256, whose last bit is the half: 0 for tuning, 1 for the test."""
    digests = sorted((hashlib.sha256(name.encode()).digest(), name) for name in names)
    return [name for half in (0, 1) for name in [n for d, n in digests if d[31] & 1 == half][: count // 2]]


def tasks():
    pairs = [f"{f}-{c}" for f in FORMS for c in CONTENTS if c in OF_CASE.get(f, CONTENTS)]
    pairs += [f"{o}-{i}" for o in OF_NUMBERS for i in ("sum", "next") if o != i]
    triples = [f"{first}-{last}-{c}" for first in ("dash", "bold", "quotes") for last in ("exclamation", "please") for c in CONTENTS]
    return sorted(by_hash(pairs, PAIRS) + by_hash(triples, TRIPLES) + by_hash(CONTENTS, ALONE) + list(OTHERS))


def output(task, text):
    """What a task makes of a text; None where it has no answer (the past tense of a noun)."""
    if task in OTHERS:
        return OTHERS[task][1](text)
    for skill in reversed(task.split("-")):
        text = SKILLS[skill].function(text) if text else None
    return text


def examples(task, name):
    domain = OTHERS[task][0] if task in OTHERS else SKILLS[task.split("-")[-1]].domain
    made = [(text, output(task, text)) for text in inputs(domain, name)]
    return [(text, answer) for text, answer in made if answer and answer != text]


def train(name, args, tokenizer):
    skill = SKILLS[name]
    torch.manual_seed(1)
    rng = random.Random(name)
    base = AutoModelForCausalLM.from_pretrained(args.base, dtype=torch.bfloat16)
    config = LoraConfig(task_type="CAUSAL_LM", r=skill.rank, lora_alpha=2 * skill.rank, target_modules=skill.modules)
    model = get_peft_model(base, config)
    model.train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=skill.lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / skill.steps)
    )
    taught, start = examples(name, "train"), time.time()
    for step in range(skill.steps):
        loss = loss_of(model.get_base_model(), tokenizer, rng.choices(taught, k=BATCH), skill.prompt)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    seconds = round(time.time() - start)
    checked = examples(name, "check")
    checked = random.Random(name).sample(checked, min(CHECKED, len(checked)))
    right = accuracy(model, tokenizer, checked, skill.prompt)
    here = right if skill.prompt == PROMPT else accuracy(model, tokenizer, checked, PROMPT)
    result = {"skill": name, "loss": loss.item(), "right": right, "with_the_demos_prompt": here, "seconds": seconds}
    save(model, args.out / "adapters" / name)
    with open(args.out / "results.jsonl", "a") as results:
        results.write(json.dumps(result) + "\n")
    print(result, flush=True)


def write_task(task, folder):
    rng = random.Random(task)
    few_shot, held_out = examples(task, "few_shot"), examples(task, "held_out")
    to_fit = examples(task, "check") + examples(task, "choice")
    for draw in range(1, FEW_SHOT_DRAWS + 1):
        write(folder / f"few-shot-{draw}.jsonl", rng.sample(few_shot, 5))
    write(folder / "held-out.jsonl", rng.sample(held_out, min(HELD_OUT, len(held_out))))
    write(folder / "fit.jsonl", rng.sample(to_fit, min(FIT, len(to_fit))))


def write_hub(out):
    for task in tasks():
        write_task(task, out / "tasks" / task)
    adapters = [
        {
            "name": name,
            "title": skill.title,
            "examples": [{"input": text, "output": answer} for text, answer in examples(name, "check")[:3]],
        }
        for name, skill in sorted(SKILLS.items())
    ]
    hub = {"base_model": BASE_MODEL, "prompt": PROMPT, "adapters": adapters, "unseen_tasks": tasks()}
    (out / "hub.json").write_text(json.dumps(hub, indent=1, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="SmolLM2-135M-Instruct")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", default=list(SKILLS))
    parser.add_argument("--tasks", action="store_true", help="train nothing")
    parser.add_argument("--threads", type=int, default=1, help="start it twice with --only rather than with more")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    (args.out / "adapters").mkdir(parents=True, exist_ok=True)
    write_hub(args.out)
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    for name in [] if args.tasks else args.only:
        if not (args.out / "adapters" / name).exists():
            train(name, args, tokenizer)


if __name__ == "__main__":
    main()
