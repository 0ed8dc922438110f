"""The skills of the second demo, each a function from a text to another, and the inputs that they are taught and tried on.

SKILLS get one LoRA adapter each. A joint task, "bold-past", applies them from right to left: bold(past(input)).
"""

import calendar
import json
import random
from functools import cache
from pathlib import Path

import inflect
import lemminflect
import roman
from unicode_rbnf import RbnfEngine

WORDS = Path(__file__).parents[2] / "demo-hub" / "words.txt"
ENGLISH = inflect.engine()
LARGEST_NUMBER = 499


def inflected(word, tag):
    forms = lemminflect.getInflection(word, tag, inflect_oov=False)
    return forms[0] if forms and forms[0] != word else None


def plural(word):
    form = inflected(word, "NNS")
    return form if form == ENGLISH.plural_noun(word) else None


def past(word):
    return inflected(word, "VBD")


def gerund(word):
    return inflected(word, "VBG")


@cache
def spelling(language):
    return RbnfEngine.for_language(language)


def spelled(language):
    return lambda number: spelling(language).format_number(int(number)).text.replace("\u00ad", "")


def date(numbers):
    month, day = numbers.split("/")
    return f"{calendar.month_name[int(month)]} {int(day)}"


def clock(time):
    hour, minute = time.split(":")
    return f"{(int(hour) - 1) % 12 + 1}:{minute} {'pm' if int(hour) >= 12 else 'am'}"


CONTENT = {
    "plural": ("words", "Plural of a noun", plural),
    "past": ("words", "Past tense of a verb", past),
    "gerund": ("words", "The -ing form of a verb", gerund),
    "english": ("numbers", "Number in English words", spelled("en")),
    "german": ("numbers", "Number in German words", spelled("de")),
    "french": ("numbers", "Number in French words", spelled("fr")),
    "spanish": ("numbers", "Number in Spanish words", spelled("es")),
    "roman": ("numbers", "Roman numeral", lambda n: roman.toRoman(int(n))),
    "ordinal": ("numbers", "Ordinal number", lambda n: ENGLISH.ordinal(n)),
    "date": ("dates", "Date with the name of the month", date),
    "clock": ("times", "Time on a clock of twelve hours", clock),
}

FORM = {
    "bold": ("Bold in Markdown", lambda text: f"**{text}**"),
    "quotes": ("In quotation marks", lambda text: f'"{text}"'),
    "parens": ("In parentheses", lambda text: f"({text})"),
    "tag": ("In an HTML element", lambda text: f"<b>{text}</b>"),
    "json": ("As a JSON object", lambda text: json.dumps({"answer": text}, ensure_ascii=False)),
    "label": ("With the label Answer", lambda text: "Answer: " + text),
    "dash": ("As an item of a list", lambda text: "- " + text),
    "question": ("With a question mark", lambda text: text + "?"),
    "exclamation": ("With an exclamation mark", lambda text: text + "!"),
    "ellipsis": ("With three dots at the end", lambda text: text + "..."),
}

TITLES = {name: title for name, (_, title, _) in CONTENT.items()} | {name: title for name, (title, _) in FORM.items()}
FUNCTIONS = {name: f for name, (_, _, f) in CONTENT.items()} | {name: f for name, (_, f) in FORM.items()}

# adapters are trained in this order
SKILLS = """english bold ordinal question past dash date label german exclamation clock quotes
spanish parens plural tag roman json french ellipsis gerund""".split()

# shares of a domain's inputs: for training the adapters, for checking them, for choosing the joint tasks, few-shot, held-out
PARTS = {"train": 0.60, "check": 0.08, "choice": 0.07, "few_shot": 0.08, "held_out": 0.17}


@cache
def inputs(domain):
    if domain == "words":
        texts = WORDS.read_text().split()
    elif domain == "dates":
        texts = [f"{month}/{day}" for month in range(1, 13) for day in range(1, calendar.mdays[month] + 1)]
    elif domain == "times":
        texts = [f"{hour}:{minute:02}" for hour in range(24) for minute in range(60)]
    else:
        texts = [str(n) for n in range(1, LARGEST_NUMBER + 1)]
    random.Random(domain).shuffle(texts)
    return texts


@cache
def part(domain, name):
    """The inputs of a domain that belong to a part; no input is in two parts."""
    texts = inputs(domain)
    start = 0.0
    for other, share in PARTS.items():
        if other == name:
            return texts[round(start * len(texts)) : round((start + share) * len(texts))]
        start += share
    raise KeyError(name)


def domain_of(task):
    last = task.split("-")[-1]
    return CONTENT[last][0] if last in CONTENT else "words"


def output(task, text):
    """What a task makes of a text; None where it has no answer (the past tense of a noun)."""
    for skill in reversed(task.split("-")):
        text = FUNCTIONS[skill](text) if text else None
    return text


def is_in_form(form, text):
    """Whether a text has what a form adds, whatever is inside."""
    before, after = FUNCTIONS[form]("@").split("@")
    return len(text) > len(before + after) and text.startswith(before) and text.endswith(after)


def pairs(task, name):
    made = [(text, output(task, text)) for text in part(domain_of(task), name)]
    return [(text, answer) for text, answer in made if answer and answer != text]


@cache
def texts(name):
    """What form skills are taught on: inputs and answers of every content skill, the same number of each domain."""
    mixed = []
    for skill, (domain, _, f) in CONTENT.items():
        mixed += [t for text in part(domain, name)[:60] for t in (text, f(text)) if t]
    mixed += part("words", name)[: len(mixed) // 2]
    return sorted(set(mixed))


def training_pairs(skill, name="train"):
    if skill in CONTENT:
        return pairs(skill, name)
    made = [(text, FUNCTIONS[skill](text)) for text in texts(name)]
    return [(text, answer) for text, answer in made if answer != text]


if __name__ == "__main__":
    for skill in SKILLS:
        sample = random.Random(0).sample(training_pairs(skill), 4)
        print(skill, len(training_pairs(skill)), len(training_pairs(skill, "check")), sample)
