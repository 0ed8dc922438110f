class Causal(Net):  # continues lora.py

  def embed(self, w: Dict[str, Tensor], ids: Tensor, positions: Tensor, p: int) -> Tensor:
    "ids and positions [tokens] to [P, tokens, d_model], or [tokens, d_model] where P is 1."
    x = torch.embedding(w[self.embedding + ".weight"], ids)
    if self.embedding_scale != 1.:
      x = x * self.embedding_scale
    if self.learned_positions:
      x = x + torch.embedding(w[self.positions + ".weight"], positions)
    if p > 1:
      x = x.unsqueeze(0).expand([p, -1, -1])
    return x

  def norm(self, w: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    if self.layer_norm:
      return torch.layer_norm(x, [x.size(-1)], w[name + ".weight"], w[name + ".bias"], self.epsilon)
    return self.rms_norm(x, w[name + ".scale"], w["epsilon"])

  def rotations(self, examples: Dict[str, Tensor], name: str) -> List[Tensor]:
    "Cosines or sines of each rotary embedding, [tokens, 1, half]."
    out = annotate(List[Tensor], [])
    for i in range(self.ropes):
      out.append(examples["{}.{}".format(name, i)].to(dtype=self.dtype).unsqueeze(-2))
    return out

  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    "Turns the first values of each head, [..., tokens, heads, width]; the second of a pair lies half of them further."
    half = cos.size(-1)
    a = x.slice(-1, 0, half)
    b = x.slice(-1, half, 2 * half)
    parts = [torch.addcmul(a * cos, b, sin, value=-1), torch.addcmul(b * cos, a, sin)]
    if 2 * half < x.size(-1):
      parts.append(x.slice(-1, 2 * half, x.size(-1)))
    return torch.cat(parts, -1)

  def projected(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str, i: int, cos: List[Tensor], sin: List[Tensor]) -> List[Tensor]:
    "Queries, keys and values with their positions, [..., tokens, heads, width]."
    queries = self.heads * self.width
    keys = self.key_heads * self.width
    if self.projection == 0 and self.is_joined(w, name + self.query):
      names = [name + self.query, name + self.key, name + self.value]
      all = self.joined_linear(w, d, x, names, [queries, keys, keys])
      q = all.slice(-1, 0, queries)
      k = all.slice(-1, queries, queries + keys)
      v = all.slice(-1, queries + keys, queries + 2 * keys)
    elif self.projection == 0:
      q = self.linear(w, d, x, name + self.query)
      k = self.linear(w, d, x, name + self.key)
      v = self.linear(w, d, x, name + self.value)
    else:
      all = self.linear(w, d, x, name + self.query_key_value)
      if self.projection == 1:
        q = all.slice(-1, 0, queries)
        k = all.slice(-1, queries, queries + keys)
        v = all.slice(-1, queries + keys, queries + 2 * keys)
      else:
        all = torch.unflatten(all, -1, [self.heads, 3 * self.width])
        q = all.slice(-1, 0, self.width).flatten(-2, -1)
        k = all.slice(-1, self.width, 2 * self.width).flatten(-2, -1)
        v = all.slice(-1, 2 * self.width, 3 * self.width).flatten(-2, -1)
    if self.query_norm == 2:
      q = self.rms_norm(q, w[name + self.query_norm_name + ".scale"], w["query_epsilon"])
      k = self.rms_norm(k, w[name + self.key_norm_name + ".scale"], w["key_epsilon"])
    q = torch.unflatten(q, -1, [self.heads, self.width])
    k = torch.unflatten(k, -1, [self.key_heads, self.width])
    v = torch.unflatten(v, -1, [self.key_heads, self.width])
    if self.query_norm == 1:
      q = self.rms_norm(q, w[name + self.query_norm_name + ".scale"], w["query_epsilon"])
      k = self.rms_norm(k, w[name + self.key_norm_name + ".scale"], w["key_epsilon"])
    if self.ropes > 0:
      rope_of = self.rope_of
      rope = rope_of[i]
      if rope >= 0:
        q = self.rotate(q, cos[rope], sin[rope])
        k = self.rotate(k, cos[rope], sin[rope])
    return [q, k, v]

  def layer_scale(self, i: int) -> float:
    if self.scale_by_layer:
      return self.scale / float(i + 1)
    return self.scale

  def attend(self, q: Tensor, k: Tensor, v: Tensor, i: int, examples: Dict[str, Tensor], groups: List[int]) -> Tensor:
    """Attention within each example, [P, tokens, heads, width] or without P to [..., tokens, heads * width].

    The packed tokens are those with which all examples begin, once, and then group after group of examples of one
    length. groups: number of the common tokens, then batch and length of each group."""
    p = 1
    if q.dim() == 4:
      p = q.size(0)
    common = groups[0]
    sliding = self.sliding
    slides = sliding[i]
    parts = annotate(List[Tensor], [])
    if common > 0:
      parts.append(self.group(q, k, v, p, 0, 1, common, 0, i, "mask.common.{}".format(slides), examples))
    start = common
    for g in range(len(groups) // 2):
      n = groups[g * 2 + 1]
      length = groups[g * 2 + 2]
      parts.append(self.group(q, k, v, p, start, n, length, common, i, "mask.{}.{}".format(g, slides), examples))
      start = start + n * length
    if len(parts) == 1:
      return parts[0]
    return torch.cat(parts, -2)

  def group(self, q: Tensor, k: Tensor, v: Tensor, p: int, start: int, n: int, length: int, common: int, i: int, mask: str, examples: Dict[str, Tensor]) -> Tensor:
    "Attention of n examples among their own tokens and those common to all."
    stop = start + n * length
    # [P * n, length, heads, width]
    queries = q.slice(-3, start, stop).reshape([-1, length, self.heads, self.width])
    keys = k.slice(-3, start, stop).reshape([-1, length, self.key_heads, self.width])
    values = v.slice(-3, start, stop).reshape([-1, length, self.key_heads, self.width])
    if common > 0:
      keys = torch.cat([self.repeated(k, common, p, n), keys], 1)
      values = torch.cat([self.repeated(v, common, p, n), values], 1)
    visible = annotate(Optional[Tensor], None)
    if mask in examples:
      visible = examples[mask].to(dtype=self.dtype)
    h = self.weighted_values(queries, keys, values, visible, self.layer_scale(i))
    if q.dim() == 4:
      return h.reshape([p, n * length, self.heads * self.width])
    return h.reshape([n * length, self.heads * self.width])

  def repeated(self, x: Tensor, common: int, p: int, n: int) -> Tensor:
    "The common tokens' keys or values for n examples, [P * n, common, heads, width]."
    x = x.slice(-3, 0, common).reshape([p, 1, common, self.key_heads, self.width])
    return x.expand([p, n, common, self.key_heads, self.width]).reshape([p * n, common, self.key_heads, self.width])

  def weighted_values(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], scale: float) -> Tensor:
    """Attention of q [batch, length, heads, width] over k and v [batch, keys, key heads, width], to the shape of q.
    mask [length, keys] is added to the scores; without one each token sees those up to itself."""
    few = q.size(0) * self.heads * q.size(1) * k.size(1) < 16000000
    if self.soft_cap > 0. or (self.step_by_step and few and not torch.is_grad_enabled()):
      return self.step_by_step_values(q, k, v, mask, scale)
    if self.heads > self.key_heads:
      k = self.for_all_heads(k)
      v = self.for_all_heads(v)
    return torch.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), mask, 0., mask is None, scale=scale).transpose(1, 2)

  def for_all_heads(self, x: Tensor) -> Tensor:
    "[batch, keys, key heads, width] to [batch, keys, heads, width]."
    return x.unsqueeze(3).expand([-1, -1, -1, self.heads // self.key_heads, -1]).flatten(2, 3)

  def step_by_step_values(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], scale: float) -> Tensor:
    n = q.size(0)
    length = q.size(1)
    more = 0
    if self.dtype == 15:
      # softmax over rows that are no multiple of its vectors takes twice as long
      more = 31 - (k.size(1) + 31) % 32
      k = torch.constant_pad_nd(k, [0, 0, 0, 0, 0, more])
      v = torch.constant_pad_nd(v, [0, 0, 0, 0, 0, more])
    keys = k.size(1)
    if mask is None:
      hidden = torch.triu(torch.full([length, keys], self.lowest, dtype=6, device=q.device), 1).to(dtype=self.dtype)
    else:
      hidden = torch.constant_pad_nd(unchecked_cast(Tensor, mask), [0, more], self.lowest / 2.)
    # the heads that share keys lie one after another: [batch * key heads, heads of each * length, width]
    q = q.transpose(1, 2).reshape([n * self.key_heads, -1, self.width])
    k = k.permute([0, 2, 3, 1]).reshape([n * self.key_heads, self.width, keys])
    v = v.transpose(1, 2).reshape([n * self.key_heads, keys, self.width])
    hidden = hidden.repeat([self.heads // self.key_heads, 1])
    if self.soft_cap > 0.:
      scores = self.capped(torch.bmm(q, k) * scale, self.soft_cap) + hidden
    else:
      scores = torch.baddbmm(hidden, q, k, beta=1, alpha=scale)
    h = torch.bmm(torch.softmax(scores, -1), v)
    return h.view([n, self.heads, length, self.width]).transpose(1, 2)

  def capped(self, x: Tensor, cap: float) -> Tensor:
    if cap > 0.:
      return torch.tanh(x / cap) * cap
    return x

  def inner_values(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    "What the last linear layer of the feed-forward part takes, [..., inner]."
    if not self.gated:
      return self.activated_linear(w, d, x, name + self.up)
    if self.fused_gate or self.is_joined(w, name + self.gate):
      if self.fused_gate:
        both = self.linear(w, d, x, name + self.gate_up)
      else:
        both = self.joined_linear(w, d, x, [name + self.gate, name + self.up], [self.inner, self.inner])
      return self.activate(both.slice(-1, 0, self.inner)) * both.slice(-1, self.inner, 2 * self.inner)
    return self.times_linear(w, d, self.activated_linear(w, d, x, name + self.gate), x, name + self.up)

  def added(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, y: Tensor, last: str, norm: str) -> Tensor:
    "x plus what the last linear layer of a part of a layer makes of y."
    if not self.norm_after and self.residual_scale == 1.:
      return self.plus_linear(w, d, x, y, last)
    y = self.linear(w, d, y, last)
    if self.norm_after:
      y = self.norm(w, y, norm)
    if self.residual_scale != 1.:
      y = y * self.residual_scale
    return x + y

  def after_attention(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, h: Tensor, name: str) -> Tensor:
    "The rest of a layer. x: what enters the layer; h: the heads' values, side by side."
    entered = x
    x = self.added(w, d, x, h, name + self.output, name + self.attention_post_norm)
    y = x
    if self.parallel:
      y = entered
    if self.norm_before:
      y = self.norm(w, y, name + self.feed_forward_norm)
    y = self.inner_values(w, d, y, name)
    return self.added(w, d, x, y, name + self.down, name + self.feed_forward_post_norm)

  def turns_at_once(self, w: Dict[str, Tensor], name: str) -> bool:
    "Whether queries, keys and values of a layer come side by side, and nothing but their positions changes them."
    return self.projection == 0 and self.query_norm == 0 and self.ropes > 0 and self.is_joined(w, name + self.query)

  def for_values_too(self, turns: Tensor, still: float) -> Tensor:
    "Cosines or sines [tokens, 1, half] for queries, keys and values, [tokens, heads of all, half]; still: of the values, that don't turn."
    turning = turns.expand([-1, self.heads + self.key_heads, -1])
    return torch.cat([turning, torch.full([turns.size(0), self.key_heads, turns.size(2)], still, dtype=self.dtype, device=turns.device)], 1)

  def turned(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str, i: int, cos: List[Tensor], sin: List[Tensor]) -> Tensor:
    "Queries, keys and values with their positions, [tokens, heads of all, width], where turns_at_once."
    if self.norm_before:
      x = self.norm(w, x, name + self.attention_norm)
    keys = self.key_heads * self.width
    names = [name + self.query, name + self.key, name + self.value]
    all = self.joined_linear(w, d, x, names, [self.heads * self.width, keys, keys]).view([x.size(0), -1, self.width])
    rope_of = self.rope_of
    rope = rope_of[i]
    if rope >= 0:
      all = self.rotate(all, cos[rope], sin[rope])
    return all

  def before_attention(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str, i: int, cos: List[Tensor], sin: List[Tensor]) -> List[Tensor]:
    if self.norm_before:
      x = self.norm(w, x, name + self.attention_norm)
    return self.projected(w, d, x, name, i, cos, sin)

  def layer(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, i: int, cos: List[Tensor], sin: List[Tensor], examples: Dict[str, Tensor], groups: List[int]) -> Tensor:
    name = self.layer_name.format(i)
    q, k, v = self.before_attention(w, d, x, name, i, cos, sin)
    h = self.attend(q, k, v, i, examples, groups)
    if i == self.layers - 1:
      # nothing reads the other tokens any more
      h = h.index_select(-2, examples["scored"])
      x = x.index_select(-2, examples["scored"])
    return self.after_attention(w, d, x, h, name)

  def logits(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor) -> Tensor:
    "x [tokens, d_model] of one weight vector to [tokens, vocabulary]."
    y = self.linear(w, d, x, self.output_layer)
    if self.logit_scale != 1.:
      y = y * self.logit_scale
    return self.capped(y, self.logit_cap)

  def token_losses(self, w: Dict[str, Tensor], d: Dict[str, Tensor], p: int, examples: Dict[str, Tensor], groups: List[int]) -> Tensor:
    "Cross-entropy of each label in nats, [P, labels], float32."
    cos = self.rotations(examples, "cos")
    sin = self.rotations(examples, "sin")
    x = self.embed(w, examples["tokens"], examples["positions"], p)
    for i in range(self.layers):
      x = self.layer(w, d, x, i, cos, sin, examples, groups)
    x = self.norm(w, x, self.final_norm)
    labels = examples["labels"]
    if p == 1:
      return self.cross_entropy(w, d, x, labels).unsqueeze(0)
    parts = annotate(List[Tensor], [])
    for vector in range(p):
      one = self.of_output_layer(d, vector)
      parts.append(self.cross_entropy(w, one, x[vector], labels))
      self.noted_of_vector(d, one, vector)
    return torch.stack(parts)

  def reads_labels(self, name: str, tokens: int, inputs: int) -> bool:
    "Whether a module comes after the last attention, which only the tokens before a label leave."
    return tokens < inputs or name == self.output_layer

  def lean_gradient(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, factor: Tensor, examples: Dict[str, Tensor], groups: Tensor, runs: Tensor) -> List[Tensor]:
    """As gradient, but keeping only what enters each layer, and computing the layer once more on the way back (Chen et
    al., arXiv 1604.06174): half as much time again, and the memory of one layer."""
    sizes = self.integers(groups)
    cos = self.rotations(examples, "cos")
    sin = self.rotations(examples, "sin")
    bounds = [self.integers(runs[0]), self.integers(runs[1])]
    sums = self.zeros(mix, coefficients, runs)
    d = self.mixed(bank, mix, torch.empty([1, 0], dtype=4, device=mix.device), coefficients, bool(factor[0]))
    torch.set_grad_enabled(False)
    entering = annotate(List[Tensor], [])
    x = self.embed(w, examples["tokens"], examples["positions"], 1)
    for i in range(self.layers):
      entering.append(x)
      x = self.layer(w, d, x, i, cos, sin, examples, sizes)
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
      lost = self.cross_entropy(w, noted, self.norm(w, part, self.final_norm), examples["labels"].slice(0, start, stop))
      weighted = (lost * examples["shares"].slice(0, start, stop)).sum()
      backs.append(self.back(noted, weighted, None, [part], bounds, start, sums)[0])
      losses.append(lost.detach())
      start = stop
    back = torch.cat(backs, 0)
    for j in range(self.layers):
      i = self.layers - 1 - j
      x = entering.pop().detach().requires_grad_(True)
      noted = d.copy()
      y = self.layer(w, noted, x, i, cos, sin, examples, sizes)
      back = self.back(noted, y, back, [x], bounds, 0, sums)[0]
    torch.set_grad_enabled(False)
    return [torch.cat(losses, 0).unsqueeze(0), sums[0], sums[1]]

  def step(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], caches: List[Tensor], numbers: Tensor, floats: Tensor, plan: List[int]) -> List[Tensor]:
    """Reads the next tokens of any number of texts, and gives outcome of those that want one.

    The tokens are packed: first those of texts of which one token is read, in the order of their places in the cache,
    then the segments of others. plan: the numbers of tokens, of outcomes, of wanted logits, of top tokens and of parts (see
    set_parts); the first row and the one behind the last that change any token; the number of runs and that of segments;
    the parts; of each run of texts, whose places in the cache lie evenly apart, its first token, how many, their distance,
    the first place, the number of places to look at, and how many texts would have room there; of each segment its first token, how many, its text's first place
    and the number of tokens read before; half the width of each rotary embedding.
    numbers: token ids, positions, places in the cache, tokens with an outcome, outcomes whose logits are wanted, slots.
    floats: the parts' coefficients, those of the tokens with an outcome unless these are all, cosines and sines of each
    rotary embedding, temperatures of the wanted logits."""
    tokens, scored, wanted, top, parts, low, high, runs, segments = plan[0:9]
    at = 9 + 8 * parts
    d = self.changes(bank, parts)
    start = self.set_parts(d, numbers, floats, plan, 9, parts)
    last = d
    if parts > 0 and scored < tokens:
      last = bank.copy()
      start = start + self.set_parts(last, numbers, floats.slice(0, start, floats.size(0)), [0, scored, low, high, scored, 0, 0, 0], 0, 1)
    run_at = at
    segment_at = at + 6 * runs
    rope_at = segment_at + 4 * segments
    positions = numbers.slice(0, tokens, 2 * tokens)
    places = numbers.slice(0, 2 * tokens, 3 * tokens)
    cos = annotate(List[Tensor], [])
    sin = annotate(List[Tensor], [])
    for i in range(self.ropes):
      size = tokens * plan[rope_at + i]
      cos.append(floats.slice(0, start, start + size).view([tokens, 1, -1]).to(dtype=self.dtype))
      sin.append(floats.slice(0, start + size, start + 2 * size).view([tokens, 1, -1]).to(dtype=self.dtype))
      start = start + 2 * size
    # of each run [texts, 1, 1, places], of each segment [tokens, places]; for layers that see all and for sliding ones
    full = annotate(List[Optional[Tensor]], [])
    near = annotate(List[Optional[Tensor]], [])
    slots = annotate(List[Tensor], [])
    for i in range(runs):
      first, count, stride, place, length, all = plan[run_at + 6 * i : run_at + 6 * i + 6]
      own = self.slots(places, first, count, stride, place, all)
      slots.append(own)
      seen = torch.arange(length, device=numbers.device).view([1, 1, 1, -1])
      mine = positions.slice(0, first, first + count).view([-1, 1, 1, 1])
      hidden = torch.gt(seen, mine)
      full.append(self.in_slots(self.mask(hidden), own, all))
      if self.window > 0:
        hidden = torch.logical_or(hidden, torch.le(seen, mine - self.window))
        near.append(self.in_slots(self.mask(hidden), own, all))
      else:
        near.append(full[i])
    for i in range(segments):
      first, count, place, have = plan[segment_at + 4 * i : segment_at + 4 * i + 4]
      seen = torch.arange(have + count, device=numbers.device).view([1, -1])
      mine = positions.slice(0, first, first + count).view([-1, 1])
      hidden = torch.gt(seen, mine)
      if have > 0:
        full.append(self.mask(hidden))
      else:
        full.append(None)
      if self.window > 0 and have + count > self.window:
        near.append(self.mask(torch.logical_or(hidden, torch.le(seen, mine - self.window))))
      else:
        near.append(full[runs + i])
    x = self.embed(w, numbers.slice(0, 0, tokens), positions, 1)
    sliding = self.sliding
    cache = caches[0]
    # keys and values side by side
    both = cache.view([self.layers, 2 * self.key_heads, -1, self.width])
    cos_of_all = annotate(List[Tensor], [])
    sin_of_all = annotate(List[Tensor], [])
    for i in range(self.layers):
      name = self.layer_name.format(i)
      # keys and values [heads, tokens, width]
      # some layers may be joined and others not: for want of room, or where an adapter replaces modules
      if self.turns_at_once(w, name):
        if len(cos_of_all) == 0:
          for rope in range(self.ropes):
            cos_of_all.append(self.for_values_too(cos[rope], 1.))
            sin_of_all.append(self.for_values_too(sin[rope], 0.))
        all = self.turned(w, d, x, name, i, cos_of_all, sin_of_all)
        q = all.slice(1, 0, self.heads)
        both.select(0, i).index_copy_(1, places, all.slice(1, self.heads, all.size(1)).transpose(0, 1))
      else:
        q, k, v = self.before_attention(w, d, x, name, i, cos, sin)
        cache.select(0, 2 * i).index_copy_(1, places, k.transpose(0, 1))
        cache.select(0, 2 * i + 1).index_copy_(1, places, v.transpose(0, 1))
      masks = full
      if sliding[i] == 1:
        masks = near
      values = annotate(List[Tensor], [])
      for r in range(runs):
        first, count, stride, place, length, all = plan[run_at + 6 * r : run_at + 6 * r + 6]
        keys = self.cached_part(cache, 2 * i, all, stride, place, length)
        held = self.cached_part(cache, 2 * i + 1, all, stride, place, length)
        values.append(self.run_values(q.slice(0, first, first + count), keys, held, unchecked_cast(Tensor, masks[r]), i, slots[r]))
      for s in range(segments):
        first, count, place, have = plan[segment_at + 4 * s : segment_at + 4 * s + 4]
        keys = self.cached_part(cache, 2 * i, 1, 0, place, have + count).transpose(1, 2)
        held = self.cached_part(cache, 2 * i + 1, 1, 0, place, have + count).transpose(1, 2)
        h = self.weighted_values(q.slice(0, first, first + count).unsqueeze(0), keys, held, masks[runs + s], self.layer_scale(i))
        values.append(h.reshape([count, self.heads * self.width]))
      h = values[0]
      if len(values) > 1:
        h = torch.cat(values, 0)
      here = d
      if i == self.layers - 1 and scored < tokens:
        # nothing reads the other tokens any more
        if scored == 0:
          return annotate(List[Tensor], [])
        index = numbers.slice(0, 3 * tokens, 3 * tokens + scored)
        h = h.index_select(0, index)
        x = x.index_select(0, index)
        here = last
      x = self.after_attention(w, here, x, h, name)
    logits = self.logits(w, last, self.norm(w, x, self.final_norm)).to(dtype=6)
    return self.outcome(logits, numbers.slice(0, 3 * tokens + scored, 3 * tokens + scored + wanted), floats.slice(0, start, start + wanted), top)

  def mask(self, hidden: Tensor) -> Tensor:
    return hidden.to(dtype=self.dtype) * self.lowest

  def run_values(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, i: int, slots: Tensor) -> Tensor:
    "Attention of one token of each text, q [texts, heads, width], over k and v [slots, key heads, places, width]."
    n = q.size(0)
    # the heads that share keys as if they were tokens
    q = self.in_slots(q.reshape([n, self.key_heads, -1, self.width]), slots, k.size(0))
    if self.soft_cap > 0.:
      scores = self.capped(torch.matmul(q, k.transpose(2, 3)) * self.layer_scale(i), self.soft_cap)
      h = torch.matmul(torch.softmax(scores + mask, -1), v)
    else:
      h = torch.scaled_dot_product_attention(q, k, v, mask.expand([-1, -1, q.size(2), -1]), 0., False, scale=self.layer_scale(i))
    return self.of_slots(h, slots).reshape([n, self.heads * self.width])
