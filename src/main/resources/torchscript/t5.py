class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def load(self, raw: Dict[str, Tensor]) -> List[Tensor]:
    """One weight of another type in the computing type. The bits of a bfloat16 tensor travel as float16, under the key
    "bfloat16"."""
    if "bfloat16" in raw:
      return [torch.view_copy(raw["bfloat16"], dtype=15).to(dtype=self.dtype)]
    return [raw["other"].to(dtype=self.dtype)]

  def map_bfloat16(self, path: Tensor, elements: Tensor) -> List[Tensor]:
    "A whole file as bfloat16 [elements], mapped and not read. path: its bytes."
    name = ""
    for i in range(path.size(0)):
      name = name + chr(int(path[i]))
    return [torch.from_file(name, False, int(elements[0]), dtype=15)]

  def part(self, file: Tensor, offset: Tensor, shape: Tensor) -> List[Tensor]:
    "A tensor within a mapped file; offset in elements."
    sizes = self.integers(shape)
    count = 1
    for size in sizes:
      count = count * size
    start = int(offset[0])
    return [file.slice(0, start, start + count).view(sizes)]

  def mixed(self, bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool) -> Dict[str, Tensor]:
    """The candidates and how a population of P weight vectors mixes them. What that adds to a module is made where it is
    needed and forgotten.

    bank: for each module .a, stacked rows of A, [R, in]; .b, stacked columns of B as rows, [R, out]; .bias, [N, out].
    Exact composition: rows [P, Q] picks stacked rows (Q 0: all), coefficients [P, Q or R] weighs them.
    Factor composition: mix [P, N] weighs A and B of all candidates."""
    d = annotate(Dict[str, Tensor], {})
    for key in bank.keys():
      d[key] = bank[key]
    d["mix"] = mix
    d["coefficients"] = coefficients
    if not factor:
      d["rows"] = rows
    return d

  def factors(self, d: Dict[str, Tensor], name: str) -> List[Tensor]:
    "Of one module: a [P or 1, in, Q] and b [P, Q, out], or [Q, in] and [Q, out] where P is 1."
    am = d[name + ".a"]
    bm = d[name + ".b"]
    mix = d["mix"]
    if "rows" in d:
      rows = d["rows"]
      coefficients = d["coefficients"].unsqueeze(2)
      if rows.size(1) == 0:
        ap = am.unsqueeze(0)
        bp = bm * coefficients
      else:
        # [P, Q, in], [P, Q, out]
        index = rows.view([-1])
        ap = am.index_select(0, index).view([rows.size(0), rows.size(1), am.size(1)])
        bp = bm.index_select(0, index).view([rows.size(0), rows.size(1), bm.size(1)]) * coefficients
    else:
      n = mix.size(1)
      # [P, r, in], [P, r, out]
      ap = torch.mm(mix, am.view([n, -1])).view([mix.size(0), -1, am.size(1)])
      bp = torch.mm(mix, bm.view([n, -1])).view([mix.size(0), -1, bm.size(1)])
    ap = ap.to(dtype=self.dtype)
    bp = bp.to(dtype=self.dtype)
    if mix.size(0) == 1:
      return [ap[0], bp[0]]
    return [ap.transpose(1, 2), bp]

  def shift(self, d: Dict[str, Tensor], name: str) -> Tensor:
    "What lora_bias adds to the outputs of a module, [P, 1, out], or [1, out] where P is 1."
    y = torch.mm(d["mix"], d[name + ".bias"]).to(dtype=self.dtype)
    if y.size(0) > 1:
      return y.unsqueeze(1)
    return y

  def formed(self, w: Dict[str, Tensor], mixed: Dict[str, Tensor]) -> Dict[str, Tensor]:
    "The changed weights of one weight vector, and under .shift what lora_bias adds."
    d = annotate(Dict[str, Tensor], {})
    for key in mixed.keys():
      name = key[:-2]
      if key.endswith(".a"):
        a, b = self.factors(mixed, name)
        d[name + ".weight"] = self.sum_with_product(w[name + ".weight"], b.t(), a.t(), False)
      elif key.endswith(".bias"):
        name = key[:-5]
        d[name + ".shift"] = self.shift(mixed, name)
    return d

  def fuse(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool) -> Dict[str, Tensor]:
    "The changed weights of one weight vector."
    return self.formed(w, self.mixed(bank, mix, rows, coefficients, factor))

  def linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    key = name + ".weight"
    if name + ".a" in d:
      a, b = self.factors(d, name)
      y = self.changed_linear(x, w[key], a, b)
      if name + ".bias" in d:
        y = y + self.shift(d, name)
      return y
    if key in d:
      y = self.product(x, d[key])
      if name + ".shift" in d:
        y = y + d[name + ".shift"]
      return y
    return self.product(x, w[key])

  def product(self, x: Tensor, weight: Tensor) -> Tensor:
    "x [..., in] by the transpose of weight [out, in]."
    if self.onednn:
      if self.pays(x, weight):
        if torch.is_grad_enabled():
          return torch.to_dense(torch.linear(torch.to_mkldnn(x), weight))
        return ops.mkldnn._linear_pointwise(x, weight, None, "none", annotate(List[Optional[number]], []), "")
    return torch.linear(x, weight)

  def pays(self, x: Tensor, weight: Tensor) -> bool:
    "Whether oneDNN is better than MKL: it must first prepare the weight, which few rows do not pay for."
    rows = x.numel() // x.size(-1)
    size = weight.numel()
    # on the way back it copies the weight, of which an output layer has too much
    return rows * size > 1000000 and (rows >= 96 or size < 100000) and (size < 16000000 or not torch.is_grad_enabled())

  def sum_with_product(self, y: Tensor, x: Tensor, weight: Tensor, in_place: bool) -> Tensor:
    "y [rows, out] plus x [rows, in] by the transpose of weight [out, in]. in_place: y may be changed."
    if self.onednn:
      if self.pays(x, weight) and not torch.is_grad_enabled():
        return ops.mkldnn._linear_pointwise(x, y, weight, None, "add")
    if in_place:
      return y.addmm_(x, weight.t())
    return torch.addmm(y, x, weight.t())

  def changed_linear(self, x: Tensor, weight: Tensor, a: Tensor, b: Tensor) -> Tensor:
    "x [P, tokens, in] or [tokens, in]."
    if x.dim() == 3:
      return self.product(x, weight).baddbmm_(torch.matmul(x, a), b)
    if self.form_is_cheaper(x.size(0), a, b):
      return self.product(x, self.sum_with_product(weight, b.t(), a.t(), False))
    return self.sum_with_product(self.product(x, weight), self.product(x, a), b.t(), True)

  def form_is_cheaper(self, tokens: int, a: Tensor, b: Tensor) -> bool:
    """Whether adding the product of the factors to the weight takes less time than taking all tokens through them. Beside
    the operations it counts the bytes that are written: an element takes as long as some hundred operations."""
    q = a.size(0)
    i = a.size(1)
    o = b.size(1)
    if a.requires_grad:
      # the derivative of the sum is as large as the weight
      tokens = tokens // 2
    return i * o * (2 * q + 200) < tokens * (2 * q * (i + o) + 100 * o)

  def embed(self, w: Dict[str, Tensor], ids: Tensor, p: int) -> Tensor:
    "ids [tokens] to [P, tokens, d_model], or [tokens, d_model] where P is 1."
    x = torch.embedding(w["shared.weight"], ids)
    if p > 1:
      x = x.unsqueeze(0).expand([p, -1, -1])
    return x

  def norm(self, w: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    "Root mean square layer norm; the variance in float32 as T5 does it."
    # the root of the sum of squares + epsilon * d_model, in one operator
    y = x
    if self.dtype != 6:
      y = x.to(dtype=6)
    y = y / torch.hypot(torch.linalg_vector_norm(y, 2, [-1], True), w["epsilon"])
    if self.dtype != 6:
      y = y.to(dtype=self.dtype)
    return y * w[name + ".scale"]

  def feed_forward(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    y = self.norm(w, x, name + ".layer_norm")
    name = name + ".DenseReluDense."
    if self.gated:
      gate = self.activated_linear(w, d, y, name + "wi_0")
      y = gate * self.linear(w, d, y, name + "wi_1")
    else:
      y = self.activated_linear(w, d, y, name + "wi")
    return x + self.linear(w, d, y, name + "wo")

  def activated_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    if self.fused_gelu:
      weight = w[name + ".weight"]
      changed = name + ".weight" in d or name + ".a" in d
      if not changed and not torch.is_grad_enabled() and (self.dtype == 15 or self.pays(x, weight)):
        return ops.mkldnn._linear_pointwise(x, weight, None, "gelu", annotate(List[Optional[number]], []), "tanh")
    return self.activate(self.linear(w, d, x, name))

  def activate(self, x: Tensor) -> Tensor:
    if self.activation == 0:
      return torch.relu(x)
    if self.activation == 1:
      return torch.gelu(x, approximate="tanh")
    if self.activation == 2:
      return torch.gelu(x)
    return torch.silu(x)

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
    x = self.embed(w, ids, p)
    for i in range(self.layers):
      x = self.encoder_layer(w, d, x, i, biases, groups)
    return self.norm(w, x, "encoder.final_layer_norm")

  def decode(self, w: Dict[str, Tensor], d: Dict[str, Tensor], memory: Tensor, ids: Tensor, biases: List[Tensor], cross: List[Tensor], groups: List[int]) -> Tensor:
    p = 1
    if memory.dim() == 3:
      p = memory.size(0)
    x = self.embed(w, ids, p)
    for i in range(self.decoder_layers):
      x = self.decoder_layer(w, d, x, memory, i, biases, cross, groups)
    return self.norm(w, x, "decoder.final_layer_norm")

  def logits(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor) -> Tensor:
    "x [tokens, d_model] of one weight vector to [tokens, vocabulary]."
    if self.scaled:
      x = x * self.output_scale
    return self.linear(w, d, x, "lm_head")

  def of_output_layer(self, d: Dict[str, Tensor], vector: int) -> Dict[str, Tensor]:
    "What one weight vector of a population changes there."
    one = annotate(Dict[str, Tensor], {})
    for key in ["lm_head.a", "lm_head.b", "lm_head.bias"]:
      if key in d:
        one[key] = d[key]
    for key in ["mix", "rows", "coefficients"]:
      if key in d:
        one[key] = d[key].slice(0, vector, vector + 1)
    return one

  def buckets(self, queries: int, keys: int, bidirectional: bool, device: Device) -> Tensor:
    "T5's relative position buckets, [queries, keys]; the last query is at the last key."
    position = torch.arange(keys, device=device).unsqueeze(0) - torch.arange(keys - queries, keys, device=device).unsqueeze(1)
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

  def integers(self, t: Tensor) -> List[int]:
    out = annotate(List[int], [])
    for i in range(t.size(0)):
      out.append(int(t[i]))
    return out

  def token_losses(self, w: Dict[str, Tensor], d: Dict[str, Tensor], p: int, inputs: Tensor, shifted: Tensor, labels: Tensor, biases: List[Tensor], groups: List[int]) -> Tensor:
    "Cross-entropy of each packed label token in nats, [P, label tokens], float32; 0 where the label is -100."
    encoder = annotate(List[Tensor], [])
    decoder = annotate(List[Tensor], [])
    cross = annotate(List[Tensor], [])
    for g in range(len(biases) // 3):
      encoder.append(biases[g * 3].to(dtype=self.dtype))
      decoder.append(biases[g * 3 + 1].to(dtype=self.dtype))
      cross.append(biases[g * 3 + 2].to(dtype=self.dtype))
    memory = self.encode(w, d, p, inputs, encoder, groups)
    x = self.decode(w, d, memory, shifted, decoder, cross, groups)
    parts = annotate(List[Tensor], [])
    if p == 1:
      return self.cross_entropy(w, d, x, labels).unsqueeze(0)
    for v in range(p):
      parts.append(self.cross_entropy(w, self.of_output_layer(d, v), x[v], labels))
    return torch.stack(parts)

  def cross_entropy(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, labels: Tensor) -> Tensor:
    "x [label tokens, d_model] of one weight vector; in slices, so that the logits of a large vocabulary stay few."
    count = x.size(0)
    step = self.logit_elements // self.vocabulary + 1
    parts = annotate(List[Tensor], [])
    start = 0
    while start < count:
      stop = start + step
      if stop > count:
        stop = count
      logits = self.logits(w, d, x.slice(0, start, stop)).to(dtype=6)
      parts.append(torch.cross_entropy_loss(logits, labels.slice(0, start, stop), None, 0, -100, 0.))
      start = stop
    if len(parts) == 1:
      return parts[0]
    return torch.cat(parts, 0)

  def losses(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool, inputs: Tensor, shifted: Tensor, labels: Tensor, biases: List[Tensor], groups: List[int]) -> Tensor:
    "Token losses of a population of P weight vectors, [P, label tokens]."
    d = self.mixed(bank, mix, rows, coefficients, factor)
    return self.token_losses(w, d, mix.size(0), inputs, shifted, labels, biases, groups)

  def gradient(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, factor: Tensor, inputs: Tensor, shifted: Tensor, labels: Tensor, shares: Tensor, biases: List[Tensor], groups: Tensor) -> List[Tensor]:
    """Token losses of one weight vector, and the derivatives of their sum weighted by shares [label tokens] with respect
    to mix and to the coefficients. factor: a single truth value."""
    torch.set_grad_enabled(True)
    rows = torch.empty([1, 0], dtype=4, device=mix.device)
    m = mix.detach().requires_grad_(True)
    c = coefficients.detach().requires_grad_(True)
    d = self.mixed(bank, m, rows, c, bool(factor[0]))
    losses = self.token_losses(w, d, 1, inputs, shifted, labels, biases, self.integers(groups))
    found = torch.grad([(losses * shares).sum()], [m, c], None, False, False, True)
    torch.set_grad_enabled(False)
    return [losses.detach(), self.known(found[0], m), self.known(found[1], c)]

  def known(self, derivative: Optional[Tensor], like: Tensor) -> Tensor:
    "0 where nothing depends on it."
    if derivative is None:
      return torch.zeros_like(like)
    return unchecked_cast(Tensor, derivative)

  def encoder_layer(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, i: int, biases: List[Tensor], groups: List[int]) -> Tensor:
    name = "encoder.block.{}.layer.".format(i)
    x = self.self_attention(w, d, x, name + "0", biases, groups, 0)
    return self.feed_forward(w, d, x, name + "1")

  def decoder_layer(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, memory: Tensor, i: int, biases: List[Tensor], cross: List[Tensor], groups: List[int]) -> Tensor:
    name = "decoder.block.{}.layer.".format(i)
    x = self.self_attention(w, d, x, name + "0", biases, groups, 1)
    x = self.cross_attention(w, d, x, memory, name + "1", cross, groups)
    return self.feed_forward(w, d, x, name + "2")

  def lean_gradient(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, factor: Tensor, inputs: Tensor, shifted: Tensor, labels: Tensor, shares: Tensor, biases: List[Tensor], groups: Tensor) -> List[Tensor]:
    """As gradient, but keeping only what enters each layer, and computing the layer once more on the way back (Chen et
    al., arXiv 1604.06174): half as much time again, and the memory of one layer."""
    sizes = self.integers(groups)
    encoder = annotate(List[Tensor], [])
    decoder = annotate(List[Tensor], [])
    cross = annotate(List[Tensor], [])
    for g in range(len(biases) // 3):
      encoder.append(biases[g * 3].to(dtype=self.dtype))
      decoder.append(biases[g * 3 + 1].to(dtype=self.dtype))
      cross.append(biases[g * 3 + 2].to(dtype=self.dtype))
    m = mix.detach().requires_grad_(True)
    c = coefficients.detach().requires_grad_(True)
    d = self.mixed(bank, m, torch.empty([1, 0], dtype=4, device=mix.device), c, bool(factor[0]))
    torch.set_grad_enabled(False)
    entering = annotate(List[Tensor], [])
    x = self.embed(w, inputs, 1)
    for i in range(self.layers):
      entering.append(x)
      x = self.encoder_layer(w, d, x, i, encoder, sizes)
    last = x
    memory = self.norm(w, last, "encoder.final_layer_norm")
    x = self.embed(w, shifted, 1)
    for i in range(self.decoder_layers):
      entering.append(x)
      x = self.decoder_layer(w, d, x, memory, i, decoder, cross, sizes)
    torch.set_grad_enabled(True)
    losses = annotate(List[Tensor], [])
    backs = annotate(List[Tensor], [])
    by_mix = torch.zeros_like(m)
    by_coefficients = torch.zeros_like(c)
    start = 0
    while start < x.size(0):
      stop = start + self.lean_logit_elements // self.vocabulary + 1
      if stop > x.size(0):
        stop = x.size(0)
      part = x.slice(0, start, stop).detach().requires_grad_(True)
      y = self.norm(w, part, "decoder.final_layer_norm")
      lost = self.cross_entropy(w, d, y, labels.slice(0, start, stop))
      found = torch.grad([(lost * shares.slice(0, start, stop)).sum()], [part, m, c], None, False, False, True)
      losses.append(lost.detach())
      backs.append(self.known(found[0], part))
      by_mix = by_mix + self.known(found[1], m)
      by_coefficients = by_coefficients + self.known(found[2], c)
      start = stop
    back = torch.cat(backs, 0)
    memory = memory.detach().requires_grad_(True)
    to_memory = torch.zeros_like(memory)
    for j in range(self.decoder_layers):
      i = self.decoder_layers - 1 - j
      x = entering.pop().detach().requires_grad_(True)
      y = self.decoder_layer(w, d, x, memory, i, decoder, cross, sizes)
      found = torch.grad([y], [x, m, c, memory], annotate(List[Optional[Tensor]], [back]), False, False, True)
      back = self.known(found[0], x)
      by_mix = by_mix + self.known(found[1], m)
      by_coefficients = by_coefficients + self.known(found[2], c)
      to_memory = to_memory + self.known(found[3], memory)
    x = last.detach().requires_grad_(True)
    found = torch.grad([self.norm(w, x, "encoder.final_layer_norm")], [x], annotate(List[Optional[Tensor]], [to_memory]), False, False, True)
    back = self.known(found[0], x)
    for j in range(self.layers):
      i = self.layers - 1 - j
      x = entering.pop().detach().requires_grad_(True)
      y = self.encoder_layer(w, d, x, i, encoder, sizes)
      found = torch.grad([y], [x, m, c], annotate(List[Optional[Tensor]], [back]), False, False, True)
      back = self.known(found[0], x)
      by_mix = by_mix + self.known(found[1], m)
      by_coefficients = by_coefficients + self.known(found[2], c)
    torch.set_grad_enabled(False)
    return [torch.cat(losses, 0).unsqueeze(0), by_mix, by_coefficients]

  def changed_elements(self, bank: Dict[str, Tensor]) -> int:
    "Of all weights that the candidates change."
    elements = 0
    for key in bank.keys():
      if key.endswith(".a"):
        elements = elements + bank[key].size(1) * bank[key[:-2] + ".b"].size(1)
    return elements

  def generate(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool, inputs: Tensor, padding: Tensor, limit: int) -> Tensor:
    """Greedy decoding with a cache of keys and values. inputs and padding [batch, length]; gives [batch, steps] token ids
    without the start token; after its end token an example goes on with padding. No steps where logits are not finite."""
    d = self.mixed(bank, mix, rows, coefficients, factor)
    if self.changed_elements(bank) <= self.formed_elements:
      d = self.formed(w, d)
    n = inputs.size(0)
    length = inputs.size(1)
    groups = [n, length, 1]
    ids = inputs.reshape([-1])
    prepared = self.prepare(w, padding.reshape([-1]), groups)
    memory = self.encode(w, d, 1, ids, [prepared[0].to(dtype=self.dtype)], groups)
    cross = prepared[2].to(dtype=self.dtype)
    positions = self.position_bias(w, "decoder", limit, limit).to(dtype=self.dtype)
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    past_keys = annotate(List[Tensor], [])
    past_values = annotate(List[Tensor], [])
    for i in range(self.decoder_layers):
      at = "decoder.block.{}.layer.1.EncDecAttention.".format(i)
      keys.append(self.split(self.linear(w, d, memory, at + "k"), 0, n, length).contiguous())
      values.append(self.split(self.linear(w, d, memory, at + "v"), 0, n, length).contiguous())
      past_keys.append(torch.empty([n, self.heads, limit, self.width], dtype=self.dtype, device=ids.device))
      past_values.append(torch.empty([n, self.heads, limit, self.width], dtype=self.dtype, device=ids.device))
    token = torch.full([n], self.start, dtype=4, device=ids.device)
    nothing = torch.full([n], self.pad, dtype=4, device=ids.device)
    finished = torch.zeros([n], dtype=11, device=ids.device)
    out = annotate(List[Tensor], [])
    t = 0
    running = True
    while running:
      # [batch, d_model]: every example's newest token
      x = self.embed(w, token, 1)
      bias = positions.slice(2, t, t + 1).slice(3, 0, t + 1)
      for i in range(self.decoder_layers):
        name = "decoder.block.{}.layer.".format(i)
        y = self.norm(w, x, name + "0.layer_norm")
        at = name + "0.SelfAttention."
        q = self.linear(w, d, y, at + "q").view([n, self.heads, 1, self.width])
        past_keys[i].slice(2, t, t + 1).copy_(self.linear(w, d, y, at + "k").view([n, self.heads, 1, self.width]))
        past_values[i].slice(2, t, t + 1).copy_(self.linear(w, d, y, at + "v").view([n, self.heads, 1, self.width]))
        h = torch.scaled_dot_product_attention(q, past_keys[i].slice(2, 0, t + 1), past_values[i].slice(2, 0, t + 1), bias, 0., False, scale=1.)
        x = x + self.linear(w, d, h.reshape([n, -1]), at + "o")
        y = self.norm(w, x, name + "1.layer_norm")
        at = name + "1.EncDecAttention."
        q = self.linear(w, d, y, at + "q").view([n, self.heads, 1, self.width])
        h = torch.scaled_dot_product_attention(q, keys[i], values[i], cross, 0., False, scale=1.)
        x = x + self.linear(w, d, h.reshape([n, -1]), at + "o")
        x = self.feed_forward(w, d, x, name + "2")
      logits = self.logits(w, d, self.norm(w, x, "decoder.final_layer_norm"))
      if t == 0:
        if not bool(torch.all(torch.isfinite(logits))):
          return torch.empty([n, 0], dtype=4, device=ids.device)
      token = torch.where(finished, nothing, torch.argmax(logits, 1))
      finished = torch.logical_or(finished, torch.any(torch.eq(token.unsqueeze(1), w["ends"]), 1))
      out.append(token)
      t = t + 1
      running = t < limit
      if bool(torch.all(finished)):
        running = False
    return torch.stack(out, 1)
