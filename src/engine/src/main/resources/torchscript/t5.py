class T5(Net):  # continues lora.py

  def embed(self, w: Dict[str, Tensor], stack: str, ids: Tensor, p: int) -> Tensor:
    """ids [tokens] to [P, tokens, d_model], or [tokens, d_model] where P is 1. An adapter can have replaced the embedding of
    the encoder or the decoder, which are otherwise shared."""
    table = w["shared.weight"]
    if stack + ".embed_tokens.weight" in w:
      table = w[stack + ".embed_tokens.weight"]
    x = torch.embedding(table, ids)
    if p > 1:
      x = x.unsqueeze(0).expand([p, -1, -1])
    return x

  def norm(self, w: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    return self.rms_norm(x, w[name + ".scale"], w["epsilon"])

  def feed_forward(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    y = self.norm(w, x, name + ".layer_norm")
    name = name + ".DenseReluDense."
    if self.gated:
      gate = self.activated_linear(w, d, y, name + "wi_0")
      y = gate * self.linear(w, d, y, name + "wi_1")
    else:
      y = self.activated_linear(w, d, y, name + "wi")
    return x + self.linear(w, d, y, name + "wo")

  def split(self, x: Tensor, start: int, batch: int, length: int) -> Tensor:
    "A group's part of the packed tokens, [P, tokens, heads * d_kv] to [P * batch, heads, length, d_kv]."
    if x.size(-2) != batch * length:
      x = x.slice(-2, start, start + batch * length)
    return x.reshape([-1, length, self.heads, self.width]).transpose(1, 2)

  def attend(self, q: Tensor, k: Tensor, v: Tensor, biases: List[Tensor], groups: List[int], which: int) -> Tensor:
    """Attention within each group of examples; the groups lie one after another in the packed tokens.

    groups: batch, input length, label length of each. which: 0 encoder, 1 decoder, 2 decoder to encoder.
    A bias may be for more keys than there are."""
    p = 1
    shape = [-1, self.heads * self.width]
    if q.dim() == 3:
      p = q.size(0)
      shape = [p, -1, self.heads * self.width]
    parts = annotate(List[Tensor], [])
    qs = 0
    ks = 0
    for g in range(len(biases)):
      n = groups[g * 3]
      ql = groups[g * 3 + 1]
      kl = groups[g * 3 + 1]
      if which > 0:
        ql = groups[g * 3 + 2]
      if which == 1:
        kl = groups[g * 3 + 2]
      bias = biases[g]
      # [1 or batch, 1 or heads, query, key]
      if bias.size(0) > 1:
        if p > 1:
          bias = bias.repeat([p, 1, 1, 1])
      keys = self.split(k, ks, n, kl)
      values = self.split(v, ks, n, kl)
      if bias.size(3) > kl:
        keys = torch.constant_pad_nd(keys, [0, 0, 0, bias.size(3) - kl])
        values = torch.constant_pad_nd(values, [0, 0, 0, bias.size(3) - kl])
      h = self.weighted_values(self.split(q, qs, n, ql), keys, values, bias)
      parts.append(h.transpose(1, 2).reshape(shape))
      qs = qs + n * ql
      ks = ks + n * kl
    if len(parts) == 1:
      return parts[0]
    return torch.cat(parts, -2)

  def weighted_values(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    "Attention without a scale, as T5 has it; all [batch, heads, length, d_kv]."
    if self.step_by_step:
      # twice as fast in bfloat16 on a CPU, as long as the scores stay in its caches
      if q.size(0) * q.size(1) * q.size(2) * k.size(2) < 8000000 and not torch.is_grad_enabled():
        return torch.matmul(torch.softmax(torch.matmul(q, k.transpose(2, 3)).add_(bias), -1), v)
    return torch.scaled_dot_product_attention(q, k, v, bias, 0., False, scale=1.)

  def self_attention(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str, biases: List[Tensor], groups: List[int], which: int) -> Tensor:
    y = self.norm(w, x, name + ".layer_norm")
    at = name + ".SelfAttention."
    y = self.attend(self.linear(w, d, y, at + "q"), self.linear(w, d, y, at + "k"), self.linear(w, d, y, at + "v"), biases, groups, which)
    return x + self.linear(w, d, y, at + "o")

  def cross_attention(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, memory: Tensor, name: str, biases: List[Tensor], groups: List[int]) -> Tensor:
    y = self.norm(w, x, name + ".layer_norm")
    at = name + ".EncDecAttention."
    y = self.attend(self.linear(w, d, y, at + "q"), self.linear(w, d, memory, at + "k"), self.linear(w, d, memory, at + "v"), biases, groups, 2)
    return x + self.linear(w, d, y, at + "o")

  def encode(self, w: Dict[str, Tensor], d: Dict[str, Tensor], p: int, ids: Tensor, biases: List[Tensor], groups: List[int]) -> Tensor:
    x = self.embed(w, "encoder", ids, p)
    for i in range(self.layers):
      x = self.encoder_layer(w, d, x, i, biases, groups)
    return self.norm(w, x, "encoder.final_layer_norm")

  def decode(self, w: Dict[str, Tensor], d: Dict[str, Tensor], memory: Tensor, ids: Tensor, biases: List[Tensor], cross: List[Tensor], groups: List[int]) -> Tensor:
    p = 1
    if memory.dim() == 3:
      p = memory.size(0)
    x = self.embed(w, "decoder", ids, p)
    for i in range(self.decoder_layers):
      x = self.decoder_layer(w, d, x, memory, i, biases, cross, groups)
    return self.norm(w, x, "decoder.final_layer_norm")

  def logits(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor) -> Tensor:
    "x [tokens, d_model] of one weight vector to [tokens, vocabulary]."
    if self.scaled:
      x = x * self.output_scale
    return self.linear(w, d, x, self.output_layer)

  def buckets(self, queries: int, keys: int, bidirectional: bool, device: Device) -> Tensor:
    "T5's relative position buckets, [queries, keys]; the last query is at the last key."
    position = torch.arange(keys, device=device).unsqueeze(0) - torch.arange(keys - queries, keys, device=device).unsqueeze(1)
    return self.bucket(position, bidirectional)

  def bucket(self, position: Tensor, bidirectional: bool) -> Tensor:
    "The bucket of each distance of a key from a query."
    n = self.position_buckets
    start = torch.zeros_like(position)
    if bidirectional:
      n = n // 2
      start = torch.gt(position, 0).to(dtype=4) * n
      position = torch.abs(position)
    else:
      position = torch.neg(torch.minimum(position, start))
    exact = n // 2
    far = exact + (torch.log(position.to(dtype=6) / exact) / self.log_range(exact) * (n - exact)).to(dtype=4)
    far = torch.minimum(far, torch.full_like(far, n - 1))
    return start + torch.where(torch.lt(position, exact), position, far)

  def log_range(self, exact: int) -> float:
    return torch.log(self.position_distance / exact)

  def position_bias(self, w: Dict[str, Tensor], stack: str, queries: int, keys: int) -> Tensor:
    "[1, heads, queries, keys] in float32."
    table = w[stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight"].to(dtype=6)
    index = self.buckets(queries, keys, stack == "encoder", table.device)
    bias = torch.embedding(table, index).permute([2, 0, 1]).unsqueeze(0)
    if stack == "decoder":
      if queries > 1:
        future = torch.triu(torch.full([queries, keys], self.lowest, dtype=6, device=table.device), 1)
        bias = bias + future
    return bias.contiguous()

  def prepare(self, w: Dict[str, Tensor], padding: Tensor, groups: List[int]) -> List[Tensor]:
    """The additive attention biases of each group: encoder, decoder, decoder to encoder. padding: whether a packed input
    token is padding."""
    out = annotate(List[Tensor], [])
    start = 0
    for g in range(len(groups) // 3):
      n = groups[g * 3]
      length = groups[g * 3 + 1]
      padded = padding.slice(0, start, start + n * length)
      start = start + n * length
      encoder = self.position_bias(w, "encoder", length, length)
      cross = torch.zeros([1, 1, 1, length], dtype=6, device=padding.device)
      if bool(torch.any(padded)):
        cross = (padded.to(dtype=6) * self.lowest).view([n, 1, 1, length])
        encoder = encoder + cross
      labels = groups[g * 3 + 2]
      decoder = self.position_bias(w, "decoder", labels, labels)
      out.append(encoder)
      out.append(decoder)
      out.append(cross)
    return out

  def biases(self, w: Dict[str, Tensor], padding: Tensor, groups: Tensor) -> List[Tensor]:
    """prepare, with at least as many keys as a vector register has floats: with fewer, attention takes twice the time."""
    out = annotate(List[Tensor], [])
    for bias in self.prepare(w, padding, self.integers(groups)):
      missing = 16 - bias.size(3)
      if missing > 0:
        bias = torch.constant_pad_nd(bias, [0, missing], self.lowest)
      out.append(bias)
    return out

  def of_groups(self, examples: Dict[str, Tensor], name: str, count: int) -> List[Tensor]:
    "The attention biases of one name of all groups."
    out = annotate(List[Tensor], [])
    for g in range(count):
      out.append(examples["{}.{}".format(name, g)].to(dtype=self.dtype))
    return out

  def token_losses(self, w: Dict[str, Tensor], d: Dict[str, Tensor], p: int, examples: Dict[str, Tensor], groups: List[int]) -> Tensor:
    "Cross-entropy of each packed label token in nats, [P, label tokens], float32; 0 where the label is -100."
    encoder = self.of_groups(examples, "encoder", len(groups) // 3)
    decoder = self.of_groups(examples, "decoder", len(groups) // 3)
    cross = self.of_groups(examples, "cross", len(groups) // 3)
    memory = self.encode(w, d, p, examples["inputs"], encoder, groups)
    x = self.decode(w, d, memory, examples["shifted"], decoder, cross, groups)
    labels = examples["labels"]
    parts = annotate(List[Tensor], [])
    if p == 1:
      return self.cross_entropy(w, d, x, labels).unsqueeze(0)
    for vector in range(p):
      one = self.of_output_layer(d, vector)
      parts.append(self.cross_entropy(w, one, x[vector], labels))
      self.noted_of_vector(d, one, vector)
    return torch.stack(parts)

  def encoder_layer(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, i: int, biases: List[Tensor], groups: List[int]) -> Tensor:
    name = "encoder.block.{}.layer.".format(i)
    x = self.self_attention(w, d, x, name + "0", biases, groups, 0)
    return self.feed_forward(w, d, x, name + "1")

  def decoder_layer(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, memory: Tensor, i: int, biases: List[Tensor], cross: List[Tensor], groups: List[int]) -> Tensor:
    name = "decoder.block.{}.layer.".format(i)
    x = self.self_attention(w, d, x, name + "0", biases, groups, 1)
    x = self.cross_attention(w, d, x, memory, name + "1", cross, groups)
    return self.feed_forward(w, d, x, name + "2")

  def reads_labels(self, name: str, tokens: int, inputs: int) -> bool:
    return not (name.startswith("encoder.") or name.endswith("EncDecAttention.k") or name.endswith("EncDecAttention.v"))

  def lean_gradient(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, factor: Tensor, examples: Dict[str, Tensor], groups: Tensor, runs: Tensor) -> List[Tensor]:
    """As gradient, but keeping only what enters each layer, and computing the layer once more on the way back (Chen et
    al., arXiv 1604.06174): half as much time again, and the memory of one layer."""
    sizes = self.integers(groups)
    encoder = self.of_groups(examples, "encoder", len(sizes) // 3)
    decoder = self.of_groups(examples, "decoder", len(sizes) // 3)
    cross = self.of_groups(examples, "cross", len(sizes) // 3)
    bounds = [self.integers(runs[0]), self.integers(runs[1])]
    sums = self.zeros(mix, coefficients, runs)
    d = self.mixed(bank, mix, torch.empty([1, 0], dtype=4, device=mix.device), coefficients, bool(factor[0]))
    torch.set_grad_enabled(False)
    entering = annotate(List[Tensor], [])
    x = self.embed(w, "encoder", examples["inputs"], 1)
    for i in range(self.layers):
      entering.append(x)
      x = self.encoder_layer(w, d, x, i, encoder, sizes)
    last = x
    memory = self.norm(w, last, "encoder.final_layer_norm")
    x = self.embed(w, "decoder", examples["shifted"], 1)
    for i in range(self.decoder_layers):
      entering.append(x)
      x = self.decoder_layer(w, d, x, memory, i, decoder, cross, sizes)
    torch.set_grad_enabled(True)
    losses = annotate(List[Tensor], [])
    backs = annotate(List[Tensor], [])
    start = 0
    while start < x.size(0):
      stop = start + self.lean_logit_elements // self.vocabulary + 1
      if stop > x.size(0):
        stop = x.size(0)
      part = x.slice(0, start, stop).detach().requires_grad_(True)
      noted = d.copy()
      y = self.norm(w, part, "decoder.final_layer_norm")
      lost = self.cross_entropy(w, noted, y, examples["labels"].slice(0, start, stop))
      weighted = (lost * examples["shares"].slice(0, start, stop)).sum()
      backs.append(self.back(noted, weighted, None, [part], bounds, start, sums)[0])
      losses.append(lost.detach())
      start = stop
    back = torch.cat(backs, 0)
    memory = memory.detach().requires_grad_(True)
    to_memory = torch.zeros_like(memory)
    for j in range(self.decoder_layers):
      i = self.decoder_layers - 1 - j
      x = entering.pop().detach().requires_grad_(True)
      noted = d.copy()
      y = self.decoder_layer(w, noted, x, memory, i, decoder, cross, sizes)
      back, more = self.back(noted, y, back, [x, memory], bounds, 0, sums)
      to_memory = to_memory + more
    x = last.detach().requires_grad_(True)
    back = self.back(d, self.norm(w, x, "encoder.final_layer_norm"), to_memory, [x], bounds, 0, sums)[0]
    for j in range(self.layers):
      i = self.layers - 1 - j
      x = entering.pop().detach().requires_grad_(True)
      noted = d.copy()
      y = self.encoder_layer(w, noted, x, i, encoder, sizes)
      back = self.back(noted, y, back, [x], bounds, 0, sums)[0]
    torch.set_grad_enabled(False)
    return [torch.cat(losses, 0).unsqueeze(0), sums[0], sums[1]]

  def read_inputs(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], caches: List[Tensor], numbers: Tensor, floats: Tensor, plan: List[int]) -> Tensor:
    """Encodes inputs and keeps what the decoder reads of them. The inputs are packed, those of one length one after another.
    plan: the numbers of tokens, of parts (see set_parts) and of lengths; the parts; of each length how many inputs have it,
    and the length. numbers: token ids, places in the cache; floats: the parts' coefficients."""
    tokens, parts, lengths = plan[0:3]
    d = self.changes(bank, parts)
    self.set_parts(d, numbers, floats, plan, 3, parts)
    biases = annotate(List[Tensor], [])
    groups = annotate(List[int], [])
    for i in range(lengths):
      count, length = plan[3 + 8 * parts + 2 * i : 5 + 8 * parts + 2 * i]
      biases.append(self.position_bias(w, "encoder", length, length).to(dtype=self.dtype))
      groups.extend([count, length, 1])
    memory = self.encode(w, d, 1, numbers.slice(0, 0, tokens), biases, groups)
    places = numbers.slice(0, tokens, 2 * tokens)
    for i in range(self.decoder_layers):
      at = "decoder.block.{}.layer.1.EncDecAttention.".format(i)
      k = self.linear(w, d, memory, at + "k").view([tokens, self.heads, self.width])
      v = self.linear(w, d, memory, at + "v").view([tokens, self.heads, self.width])
      caches[1].select(0, 2 * i).index_copy_(1, places, k.transpose(0, 1))
      caches[1].select(0, 2 * i + 1).index_copy_(1, places, v.transpose(0, 1))
    return torch.empty([0])

  def step(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], caches: List[Tensor], numbers: Tensor, floats: Tensor, plan: List[int]) -> List[Tensor]:
    """Reads the next token of any number of texts, and gives outcome of each.

    The tokens are in the order of their texts' places in the cache of the decoder, the first of caches; the second has
    those of the inputs. plan: the numbers of tokens, of wanted logits, of top tokens and of parts (see set_parts), the
    number of runs and that of the inputs' runs; the parts; of each run of texts, whose places in the cache lie evenly
    apart, its first token, how many, their distance, the first place, the number of places to look at, and how many texts
    would have room there; the inputs' runs likewise.
    numbers: token ids, positions, places in the cache, lengths and places of the inputs, texts whose logits are wanted, slots.
    floats: the parts' coefficients, temperatures of the wanted logits."""
    tokens, wanted, top, parts, runs, inputs = plan[0:6]
    run_at = 6 + 8 * parts
    input_at = run_at + 6 * runs
    d = self.changes(bank, parts)
    start = self.set_parts(d, numbers, floats, plan, 6, parts)
    positions = numbers.slice(0, tokens, 2 * tokens)
    places = numbers.slice(0, 2 * tokens, 3 * tokens)
    lengths = numbers.slice(0, 3 * tokens, 4 * tokens)
    input_places = numbers.slice(0, 4 * tokens, 5 * tokens)
    table = w["decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"].to(dtype=6)
    biases = annotate(List[Tensor], [])
    slots = annotate(List[Tensor], [])
    for i in range(runs):
      first, count, stride, place, length, all = plan[run_at + 6 * i : run_at + 6 * i + 6]
      own = self.slots(places, first, count, stride, place, all)
      slots.append(own)
      # [texts, places]
      distance = torch.arange(length, device=numbers.device).view([1, -1]) - positions.slice(0, first, first + count).view([-1, 1])
      bias = torch.embedding(table, self.bucket(distance, False)) + (torch.gt(distance, 0).to(dtype=6) * self.lowest).unsqueeze(2)
      biases.append(self.in_slots(bias.permute([0, 2, 1]).unsqueeze(2).to(dtype=self.dtype).contiguous(), own, all))
    hidden = annotate(List[Tensor], [])
    input_slots = annotate(List[Tensor], [])
    for i in range(inputs):
      first, count, stride, place, length, all = plan[input_at + 6 * i : input_at + 6 * i + 6]
      own = self.slots(input_places, first, count, stride, place, all)
      input_slots.append(own)
      seen = torch.arange(length, device=numbers.device).view([1, 1, 1, -1])
      unseen = torch.ge(seen, lengths.slice(0, first, first + count).view([-1, 1, 1, 1]))
      hidden.append(self.in_slots(unseen.to(dtype=self.dtype) * self.lowest, own, all))
    x = self.embed(w, "decoder", numbers.slice(0, 0, tokens), 1)
    for i in range(self.decoder_layers):
      name = "decoder.block.{}.layer.".format(i)
      y = self.norm(w, x, name + "0.layer_norm")
      at = name + "0.SelfAttention."
      q = self.linear(w, d, y, at + "q").view([tokens, self.heads, 1, self.width])
      k = self.linear(w, d, y, at + "k").view([tokens, self.heads, self.width])
      v = self.linear(w, d, y, at + "v").view([tokens, self.heads, self.width])
      caches[0].select(0, 2 * i).index_copy_(1, places, k.transpose(0, 1))
      caches[0].select(0, 2 * i + 1).index_copy_(1, places, v.transpose(0, 1))
      h = self.of_runs(q, caches[0], biases, slots, plan, run_at, i)
      x = self.plus_linear(w, d, x, h, at + "o")
      y = self.norm(w, x, name + "1.layer_norm")
      at = name + "1.EncDecAttention."
      q = self.linear(w, d, y, at + "q").view([tokens, self.heads, 1, self.width])
      h = self.of_runs(q, caches[1], hidden, input_slots, plan, input_at, i)
      x = self.plus_linear(w, d, x, h, at + "o")
      x = self.feed_forward(w, d, x, name + "2")
    logits = self.logits(w, d, self.norm(w, x, "decoder.final_layer_norm")).to(dtype=6)
    return self.outcome(logits, numbers.slice(0, 5 * tokens, 5 * tokens + wanted), floats.slice(0, start, start + wanted), top)

  def of_runs(self, q: Tensor, cache: Tensor, biases: List[Tensor], slots: List[Tensor], plan: List[int], at: int, i: int) -> Tensor:
    "Attention of one token of each text, q [texts, heads, 1, d_kv], over what a cache has of it, [texts, heads * d_kv]."
    values = annotate(List[Tensor], [])
    for r in range(len(biases)):
      first, count, stride, place, length, all = plan[at + 6 * r : at + 6 * r + 6]
      k = self.cached_part(cache, 2 * i, all, stride, place, length)
      v = self.cached_part(cache, 2 * i + 1, all, stride, place, length)
      mine = self.in_slots(q.slice(0, first, first + count), slots[r], all)
      h = torch.scaled_dot_product_attention(mine, k, v, biases[r], 0., False, scale=1.)
      values.append(self.of_slots(h, slots[r]).reshape([count, self.heads * self.width]))
    if len(values) == 1:
      return values[0]
    return torch.cat(values, 0)
