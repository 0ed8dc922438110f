"""Writes the tokenizer of a GGUF file as transformers saves it, from the file's own fields.

transformers 4.57 reads these fields too, but as another tokenizer: of a byte-level one it makes one with spaces as ▁, which puts
a token before each text; of Gemma's, one that splits by scores of words instead of by merges. So here the fields become the
files with which such a tokenizer is published (vocab.json and merges.txt, or tokenizer.model), and transformers reads those.
"""

import json

from gguf import GGUFReader
from sentencepiece import sentencepiece_model_pb2 as sentencepiece
from tokenizers import AddedToken
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
from transformers import GemmaTokenizerFast, GPT2TokenizerFast

SPECIAL = {"bos_token": "bos", "eos_token": "eos", "pad_token": "padding", "unk_token": "unknown"}
CONTROL, USER_DEFINED = 3, 4  # token types, with the numbers that SentencePiece gives them


def fields(gguf):
    read = GGUFReader(gguf).fields
    found = {name.split(".")[-1]: read[name].contents() for name in read if name.startswith("tokenizer.")}
    return found, {name: found["tokens"][found[key + "_token_id"]] for name, key in SPECIAL.items()}


def byte_level(folder, found, special):
    assert found["pre"] == "smollm" and not found["add_bos_token"], found["pre"]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(found["tokens"])}, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *found["merges"]]))
    tokenizer = GPT2TokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"), **special)
    # each digit is a token, as llama.cpp splits for "smollm"
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    control = [token for token, kind in zip(found["tokens"], found["token_type"]) if kind == CONTROL]
    tokenizer.add_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return tokenizer


def merges(folder, found, special):
    assert found["add_bos_token"] and not found["add_space_prefix"]
    model = sentencepiece.ModelProto()
    for token, score, kind in zip(found["tokens"], found["scores"], found["token_type"]):
        if kind == USER_DEFINED:  # GGUF has them as they appear in a text, with a score of its own
            token, score = token.replace(" ", "▁"), 0
        model.pieces.add(piece=token, score=score, type=kind)
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    trainer.model_type, trainer.byte_fallback, trainer.vocab_size = trainer.BPE, True, len(found["tokens"])
    for name in ("bos", "eos", "unk", "pad"):
        key = {"unk": "unknown", "pad": "padding"}.get(name, name)
        setattr(trainer, name + "_id", found[key + "_token_id"])
        setattr(trainer, name + "_piece", special[name + "_token"])
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = False
    (folder / "tokenizer.model").write_bytes(model.SerializeToString())
    return GemmaTokenizerFast(str(folder / "tokenizer.model"), **special)


def save(gguf, folder):
    """folder: where the model's other files are or will be."""
    folder.mkdir(parents=True, exist_ok=True)
    found, special = fields(gguf)
    tokenizer = {"gpt2": byte_level, "llama": merges}[found["model"]](folder, found, special)
    tokenizer.chat_template = found.get("chat_template")
    tokenizer.save_pretrained(folder)
