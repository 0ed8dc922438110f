"""Writes a base model as GGUF with llama.cpp's own converter, for `lorahub bench serve`: gguf_base.py SOURCES MODEL FILE TYPE.

The vocabulary is a placeholder, because prompts and texts are token ids and a model of random weights has no tokenizer of its own. None of
its tokens is a part of a character, which the server would hold back until the next one.
"""
import json
import sys
from pathlib import Path


def set_vocab(model):
    size = model.hparams["vocab_size"]
    tokens = ["<unk>", "<s>", "</s>", "\n"] + [f"t{i} " for i in range(4, size)]
    model.gguf_writer.add_tokenizer_model("llama")
    model.gguf_writer.add_token_list([token.encode() for token in tokens])
    model.gguf_writer.add_token_scores([0.0] * size)
    model.gguf_writer.add_token_types([2, 3, 3] + [1] * (size - 3))
    model.gguf_writer.add_bos_token_id(1)
    model.gguf_writer.add_eos_token_id(2)
    model.gguf_writer.add_add_bos_token(False)


if __name__ == "__main__":
    sources, model, file, kind = sys.argv[1:]
    sys.path.insert(1, sources)
    import convert_hf_to_gguf

    architecture = json.loads(Path(model, "config.json").read_text())["architectures"][0]
    convert_hf_to_gguf.get_model_class(architecture).set_vocab = set_vocab
    sys.argv = ["convert_hf_to_gguf.py", model, "--outfile", file, "--outtype", kind]
    convert_hf_to_gguf.main()
