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

  def map_file(self, path: Tensor, size: Tensor) -> List[Tensor]:
    "A whole file as numbers, mapped and not read. path: its bytes; size: number of elements and PyTorch's code of the type."
    name = ""
    for i in range(path.size(0)):
      name = name + chr(int(path[i]))
    return [torch.from_file(name, False, int(size[0]), dtype=int(size[1]))]

  def part(self, file: Tensor, offset: Tensor, shape: Tensor) -> List[Tensor]:
    "A tensor within a mapped file, in the computing type and on the device of shape; offset in elements."
    sizes = self.integers(shape)
    count = 1
    for size in sizes:
      count = count * size
    start = int(offset[0])
    return [file.slice(0, start, start + count).view(sizes).to(shape.device, self.dtype)]

  def mixed(self, bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool) -> Dict[str, Tensor]:
    """The candidates and how a population of P weight vectors mixes them. What that adds to a module is made where it is
    needed and forgotten.

    bank: for each module .a, stacked rows of A, [R, in]; .b, stacked columns of B as rows, [R, out]; .bias, [N, out];
    .group, [g, 0], where the module belongs to the layer group g > 0: its number is the size, which needs no copy from a
    GPU.
    Exact composition: rows [P, Q] picks stacked rows (Q 0: all), coefficients [P, G * (Q or R)] weighs them in each of
    the G layer groups, mix [P, G * N] the biases.
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
      width = rows.size(1)
      if width == 0:
        width = am.size(0)
      coefficients = self.of_group(d, name, d["coefficients"], width).unsqueeze(2)
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
      ap = torch.mm(mix, am.reshape([n, -1])).view([mix.size(0), -1, am.size(1)])
      bp = torch.mm(mix, bm.reshape([n, -1])).view([mix.size(0), -1, bm.size(1)])
    ap = ap.to(dtype=self.dtype)
    bp = bp.to(dtype=self.dtype)
    if mix.size(0) == 1:
      return [ap[0], bp[0]]
    return [ap.transpose(1, 2), bp]

  def of_group(self, d: Dict[str, Tensor], name: str, all: Tensor, width: int) -> Tensor:
    "Of [P, G * width], what belongs to the layer group of a module, [P, width]."
    start = 0
    if name + ".group" in d:
      start = width * d[name + ".group"].size(0)
    return all.slice(1, start, start + width)

  def shift(self, d: Dict[str, Tensor], name: str) -> Tensor:
    "What lora_bias adds to the outputs of a module, [P, 1, out], or [1, out] where P is 1."
    bias = d[name + ".bias"]
    y = torch.mm(self.of_group(d, name, d["mix"], bias.size(0)), bias).to(dtype=self.dtype)
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

  def fixed_changes(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool) -> Dict[str, Tensor]:
    """What one weight vector changes in every text that is decoded: the changed weights, or the factors where the weights would
    take too much memory. Unlike stacked factors, it has no parts."""
    d = self.mixed(bank, mix, rows, coefficients, factor)
    if self.changed_elements(bank) <= self.formed_elements:
      d = self.formed(w, d)
    else:
      # the memory of the arguments is Java's, which has it back after this call
      for key in ["mix", "rows", "coefficients"]:
        if key in d:
          d[key] = torch.clone(d[key])
    d["fixed"] = torch.empty([0])
    return d

  def fuse(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool) -> Dict[str, Tensor]:
    "The changed weights of one weight vector."
    return self.formed(w, self.mixed(bank, mix, rows, coefficients, factor))

  def linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    key = name + ".weight"
    if "parts" in d:
      y = self.packed_product(w, x, name)
      self.add_parts(d, y, x, name)
    elif name + ".a" in d:
      a, b = self.factors(d, name)
      y = self.changed_linear(x, w[key], a, b)
      if name + ".bias" in d:
        y = y + self.shift(d, name)
      if torch.is_grad_enabled():
        y = self.noted(d, name, x, y)
    else:
      if key in d:
        y = self.product(x, d[key])
        if name + ".shift" in d:
          y = y + d[name + ".shift"]
      else:
        y = self.product(x, w[key])
    if self.biases:
      if name + ".bias" in w:
        y = y + w[name + ".bias"]
    return y

  def changes(self, bank: Dict[str, Tensor], parts: int) -> Dict[str, Tensor]:
    "Of stacked factors or fixed_changes, those that the tokens of a call need."
    if parts == 0 and not ("fixed" in bank):
      return annotate(Dict[str, Tensor], {})
    return bank

  def set_parts(self, d: Dict[str, Tensor], numbers: Tensor, floats: Tensor, plan: List[int], at: int, count: int) -> int:
    """Records which rows of the stacked factors change which of the packed tokens. plan has eight numbers for each part: its
    first token and number of tokens, its first row and the row after its last, its number of lines of coefficients, and
    three numbers for parts that are computed adapter by adapter, which are 0 for the others.

    A part is usually computed with all its rows for all its tokens. Its coefficients in floats are [groups, lines, rows], with
    one line for each token or one line for all.
    If it is computed adapter by adapter, the three numbers are: how many adapters there are, all of one rank; how many of
    them a token uses at most; and whether some tokens use fewer. Each adapter has the same number of slots, one for each
    token that uses it. The coefficients are [groups, slots]. The end of numbers lists the token of each slot, and then the
    slots of each token, filled up with the number after the last slot.
    Returns the number of coefficients. Numbers are kept as sizes of empty tensors."""
    if "fixed" in d:
      return 0
    d["parts"] = torch.empty([count, 0])
    start = 0
    for i in range(count):
      first, tokens, low, high, lines, adapters, most, fewer = plan[at + 8 * i : at + 8 * i + 8]
      width = high - low
      if adapters > 0:
        width = 1
        end = numbers.size(0) - most * tokens
        d["slots"] = numbers.slice(0, end - lines, end)
        d["slots.of"] = numbers.slice(0, end, end + most * tokens).view([most, tokens])
      length = self.layer_groups * lines * width
      d["part.{}".format(i)] = torch.empty([first, tokens, low, high, adapters, fewer, 0])
      coefficients = floats.slice(0, start, start + length).view([self.layer_groups, lines, width])
      for group in range(self.layer_groups):
        d["coefficients.{}.{}".format(i, group)] = coefficients[group]
      start = start + length
    return start

  def add_parts(self, d: Dict[str, Tensor], y: Tensor, x: Tensor, name: str) -> None:
    """Adds to y [tokens, out] what the adapters of each token make of x [tokens, in]. The factors of all adapters are
    stacked; the coefficients of a token are 0 for those that it doesn't use."""
    if not (name + ".a" in d):
      return
    group = 0
    if name + ".group" in d:
      group = d[name + ".group"].size(0)
    all_a = d[name + ".a"]
    all_b = d[name + ".b"]
    for i in range(d["parts"].size(0)):
      part = d["part.{}".format(i)]
      low = part.size(2)
      high = part.size(3)
      a = all_a
      b = all_b
      if low > 0 or high < a.size(0):
        a = a.slice(0, low, high)
        b = b.slice(0, low, high)
      own = y
      xs = x
      if part.size(1) < x.size(0):
        own = y.slice(0, part.size(0), part.size(0) + part.size(1))
        xs = x.slice(0, part.size(0), part.size(0) + part.size(1))
      weights = d["coefficients.{}.{}".format(i, group)]
      adapters = part.size(4)
      if self.factor_type != self.dtype:
        if xs.size(0) <= self.float_rows:
          xs = xs.to(dtype=self.factor_type)
        else:
          a = a.to(dtype=self.dtype)
          b = b.to(dtype=self.dtype)
      if adapters == 0:
        # [tokens or 1, rows]
        h = torch.mm(xs, a.t()).mul_(weights)
        if own.dtype == h.dtype:
          own.addmm_(h, b)
        else:
          own.add_(torch.mm(h, b))
        if name + ".bias" in d:
          own.add_(torch.mm(weights, d[name + ".bias"].slice(0, low, high).to(dtype=weights.dtype)))
      else:
        # [adapters, slots of each, in or rank or out]
        weights = weights.view([adapters, -1, 1])
        xs = xs.index_select(0, d["slots"]).view([adapters, -1, xs.size(1)])
        h = torch.bmm(xs, a.view([adapters, -1, a.size(1)]).transpose(1, 2)).mul_(weights)
        made = torch.bmm(h, b.view([adapters, -1, b.size(1)]))
        if name + ".bias" in d:
          # in the first of each adapter's rows
          bias = d[name + ".bias"].slice(0, low, high).view([adapters, -1, b.size(1)]).slice(1, 0, 1)
          made = made + bias * weights
        made = made.view([-1, b.size(1)])
        if part.size(5) > 0:
          made = torch.constant_pad_nd(made, [0, 0, 0, 1])
        slots = d["slots.of"]
        for k in range(slots.size(0)):
          own.add_(made.index_select(0, slots.select(0, k)))

  def pack(self, weight: Tensor) -> Tensor:
    "A weight laid out as oneDNN reads it fastest, which is the same for any number of rows."
    return ops.mkldnn._reorder_linear_weight(torch.contiguous(weight), 32)

  def side_by_side(self, weights: List[Tensor]) -> Tensor:
    "Weights of layers that read the same, as one."
    return torch.cat(weights, 0)

  def is_joined(self, w: Dict[str, Tensor], name: str) -> bool:
    return name + ".joined.packed" in w or name + ".joined.weight" in w

  def joined_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, names: List[str], widths: List[int]) -> Tensor:
    """Linear layers of x [tokens, in] side by side, [tokens, the sum of their widths], at once; see is_joined, which takes the
    first one's name."""
    y = self.packed_product(w, x, names[0] + ".joined")
    start = 0
    for i in range(len(names)):
      own = y.slice(1, start, start + widths[i])
      if "parts" in d:
        self.add_parts(d, own, x, names[i])
      if self.biases:
        if names[i] + ".bias" in w:
          own.add_(w[names[i] + ".bias"])
      start = start + widths[i]
    return y

  def layout(self, w: Dict[str, Tensor], name: str) -> Tensor:
    if name + ".packed" in w:
      return w[name + ".packed"]
    return w[name + ".weight"]

  def packed_product(self, w: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    if name + ".packed" in w and not (self.mkl and x.size(0) < 4 and name + ".weight" in w):
      return ops.mkldnn._linear_pointwise(x, w[name + ".packed"], None, "none", annotate(List[Optional[number]], []), "")
    return self.product(x, w[name + ".weight"])

  def new_cache(self, sizes: Tensor) -> List[Tensor]:
    "Zeros, because masked values are multiplied by 0."
    return [torch.zeros(self.integers(sizes), dtype=self.dtype, device=sizes.device)]

  def stacked(self, old: List[Tensor], rows: int, width: int, moves: List[int], like: Tensor) -> Tensor:
    """Room for stacked factors, [rows, width], with those that a smaller or fuller one has. moves: of each adapter its first
    row there and here, and how many."""
    out = torch.zeros([rows, width], dtype=self.factor_type, device=like.device)
    if len(old) > 0:
      for i in range(len(moves) // 3):
        out.slice(0, moves[3 * i + 1], moves[3 * i + 1] + moves[3 * i + 2]).copy_(old[0].slice(0, moves[3 * i], moves[3 * i] + moves[3 * i + 2]))
    return out

  def place(self, bank: Dict[str, Tensor], adapter: Dict[str, Tensor], first: int, rows: int) -> Tensor:
    """Writes an adapter's factors among those that are stacked, and 0 where it has none. rows: all that belong to it.
    Returns 0 where they are so large that other texts, which multiply what they make by 0, could get what is no number."""
    largest = torch.zeros([], dtype=6)
    for key in bank.keys():
      if key.endswith(".a") or key.endswith(".b") or key.endswith(".bias"):
        to = bank[key].slice(0, first, first + rows)
        to.zero_()
        if key in adapter:
          to.slice(0, 0, adapter[key].size(0)).copy_(adapter[key])
          found = torch.max(torch.abs(to)).to(dtype=6).cpu()
          if key.endswith(".a"):
            # times a state of at most 1e10 it is still a number
            found = found * 1e10
          largest = torch.maximum(largest, found)
    return torch.isfinite(largest).to(dtype=6)

  def clear(self, cache: Tensor, start: int, places: int) -> Tensor:
    "Sets places to 0: what another text has left there may be no number, which stays none when it is masked."
    cache.slice(2, start, start + places).zero_()
    return torch.empty([0])

  def copy_cached(self, cache: Tensor, start: int, to: int, tokens: int) -> Tensor:
    "Copies the keys and values of a text's first tokens to another text's."
    cache.slice(2, to, to + tokens).copy_(cache.slice(2, start, start + tokens))
    return torch.empty([0])

  def cached_part(self, cache: Tensor, layer: int, batch: int, stride: int, first: int, length: int) -> Tensor:
    """Keys or values of texts whose places in the cache [2 * layers, heads, places, width] lie stride apart,
    [batch, heads, length, width]. layer: its number, doubled, and one more for values."""
    places = cache.size(2)
    width = cache.size(3)
    heads = cache.size(1)
    return torch.as_strided(cache, [batch, heads, length, width], [stride * width, places * width, width, 1], (layer * heads * places + first) * width)

  def slots(self, places: Tensor, first: int, count: int, stride: int, place: int, all: int) -> Tensor:
    """Which of all places of a run's texts belong to its count texts, or nothing if they have them all. places: of each text, any
    of its own."""
    if count == all:
      return torch.empty([0])
    return torch.floor_divide(places.slice(0, first, first + count) - place, stride)

  def in_slots(self, x: Tensor, slots: Tensor, all: int) -> Tensor:
    "x [texts, a, b, c] in their slots, with zeros in those that no text has."
    if slots.size(0) == 0:
      return x
    out = torch.zeros([all, x.size(1), x.size(2), x.size(3)], dtype=x.dtype, device=x.device)
    return out.index_copy_(0, slots, x)

  def of_slots(self, x: Tensor, slots: Tensor) -> Tensor:
    "The texts' own."
    if slots.size(0) == 0:
      return x
    return x.index_select(0, slots)

  def outcome(self, logits: Tensor, wanted: Tensor, temperatures: Tensor, top: int) -> List[Tensor]:
    """logits [rows, vocabulary] in float32. First, of each row: the most probable token, its log-probability, the logarithm
    of the sum of the exponentials, the sum of the logits, which is finite if they all are, and the log-probabilities and
    tokens of the top ones. Second, the logits of the wanted rows, or, at a temperature that isn't 0, the probabilities in
    proportion to the largest."""
    best = torch.argmax(logits, 1, True)
    largest = torch.gather(logits, 1, best)
    total = torch.logsumexp(logits, [1], True)
    columns = [best.to(dtype=6), largest - total, total, torch.sum(logits, [1], True)]
    if top > 0:
      values, ids = torch.topk(logits, top, 1)
      columns.append(values - total)
      columns.append(ids.to(dtype=6))
    outputs = logits.index_select(0, wanted)
    if wanted.size(0) > 0:
      by = temperatures.unsqueeze(1)
      outputs = torch.where(torch.gt(by, 0), torch.exp((outputs - largest.index_select(0, wanted)) / by), outputs)
    return [torch.cat(columns, 1), outputs]

  def product(self, x: Tensor, weight: Tensor) -> Tensor:
    "x [..., in] by the transpose of weight [out, in]."
    if self.onednn:
      if self.pays(x, weight):
        if torch.is_grad_enabled():
          return torch.to_dense(torch.linear(torch.to_mkldnn(x), weight))
        return ops.mkldnn._linear_pointwise(x, weight, None, "none", annotate(List[Optional[number]], []), "")
    if self.mkl and x.dim() == 2:
      if x.size(0) > 4 and x.size(0) < 16 and weight.numel() > 4000000:
        # MKL takes up to twice as long the other way round
        return torch.contiguous(torch.mm(weight, x.t()).t())
    return torch.linear(x, weight)

  def pays(self, x: Tensor, weight: Tensor) -> bool:
    "Whether oneDNN's linear layer is faster: it must first prepare the weight, which few rows do not pay for."
    rows = x.numel() // x.size(-1)
    size = weight.numel()
    if self.dtype == 15:
      # torch.linear is oneDNN's too there, but does nothing else at once; in a large layer that doesn't matter
      return rows >= 256 and rows * size > 10000000 and size < 16000000
    # on the way back it copies the weight, of which an output layer has too much
    return rows * size > 1000000 and (rows >= 96 or size < 100000) and (size < 16000000 or not torch.is_grad_enabled())

  def sum_with_product(self, y: Tensor, x: Tensor, weight: Tensor, in_place: bool) -> Tensor:
    "y [rows, out] plus x [rows, in] by the transpose of weight [out, in]. in_place: y may be changed."
    if self.fused and not torch.is_grad_enabled():
      if self.pays(x, weight):
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
    return i * o * (2 * q + 200) < tokens * (2 * q * (i + o) + 100 * o)

  def rms_norm(self, x: Tensor, scale: Tensor, epsilon: Tensor) -> Tensor:
    """Root mean square layer norm, in float32. scale: the weight times the root of the width; epsilon: the root of the
    norm's epsilon times the width. So the norm divides by the root of a sum, in one operator."""
    y = x
    if self.dtype != 6:
      y = x.to(dtype=6)
    root = torch.hypot(torch.linalg_vector_norm(y, 2, [-1], True), epsilon)
    if self.dtype == 6 or torch.is_grad_enabled():
      y = y / root * scale
    else:
      y = y.div_(root).mul_(scale)
    return y.to(dtype=self.dtype)

  def activated_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> Tensor:
    if self.fuses(w, d, x, name):
      if self.activation == 1:
        return ops.mkldnn._linear_pointwise(x, self.layout(w, name), None, "gelu", annotate(List[Optional[number]], []), "tanh")
      if self.activation == 3:
        return ops.mkldnn._linear_pointwise(x, self.layout(w, name), None, "swish", annotate(List[Optional[number]], []), "")
    return self.activate(self.linear(w, d, x, name))

  def times_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], y: Tensor, x: Tensor, name: str) -> Tensor:
    "y times a linear layer of x, element by element."
    if self.fuses(w, d, x, name):
      return ops.mkldnn._linear_pointwise(x, y, self.layout(w, name), None, "mul")
    return y * self.linear(w, d, x, name)

  def plus_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], y: Tensor, x: Tensor, name: str) -> Tensor:
    "y plus a linear layer of x."
    if self.fuses(w, d, x, name):
      return ops.mkldnn._linear_pointwise(x, y, self.layout(w, name), None, "add")
    if self.fused and "parts" in d and name + ".packed" in w:
      y = ops.mkldnn._linear_pointwise(x, y, w[name + ".packed"], None, "add")
      self.add_parts(d, y, x, name)
      if self.biases:
        if name + ".bias" in w:
          y = y + w[name + ".bias"]
      return y
    return y + self.linear(w, d, x, name)

  def fuses(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> bool:
    "Whether oneDNN computes a linear layer, that nothing changes, together with what follows it."
    key = name + ".weight"
    if not self.fused or torch.is_grad_enabled() or key in d or name + ".a" in d:
      return False
    if not (name + ".packed" in w) and not self.pays(x, w[key]):
      return False
    if self.biases:
      return not (name + ".bias" in w)
    return True

  def activate(self, x: Tensor) -> Tensor:
    if self.activation == 0:
      return torch.relu(x)
    if self.activation == 1:
      return torch.gelu(x, approximate="tanh")
    if self.activation == 2:
      return torch.gelu(x)
    return torch.silu(x)

  def of_output_layer(self, d: Dict[str, Tensor], vector: int) -> Dict[str, Tensor]:
    "What one weight vector of a population changes there."
    one = annotate(Dict[str, Tensor], {})
    for key in [self.output_layer + ".a", self.output_layer + ".b", self.output_layer + ".bias", self.output_layer + ".group"]:
      if key in d:
        one[key] = d[key]
    for key in ["mix", "rows", "coefficients"]:
      if key in d:
        one[key] = d[key].slice(0, vector, vector + 1)
    return one

  def cross_entropy(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, labels: Tensor) -> Tensor:
    "x [label tokens, d_model] of one weight vector; in slices, so that the logits of a large vocabulary stay few."
    count = x.size(0)
    step = self.logit_elements // self.vocabulary + 1
    if torch.is_grad_enabled() and self.output_layer + ".a" in d:
      # back takes the places of the noted tokens from the first one's
      step = count
    parts = annotate(List[Tensor], [])
    start = 0
    while start < count:
      stop = start + step
      if stop > count:
        stop = count
      logits = self.logits(w, d, x.slice(0, start, stop))
      # a few rows at a time stay in the processor's cache
      few = stop - start
      if not torch.is_grad_enabled():
        few = self.cached_logit_elements // self.vocabulary + 1
      at = start
      while at < stop:
        rows = logits.slice(0, at - start, at - start + few).to(dtype=6)
        parts.append(torch.cross_entropy_loss(rows, labels.slice(0, at, at + rows.size(0)), None, 0, -100, 0.))
        at = at + few
      start = stop
    if len(parts) == 1:
      return parts[0]
    return torch.cat(parts, 0)

  def losses(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, rows: Tensor, coefficients: Tensor, factor: bool, examples: Dict[str, Tensor], groups: List[int]) -> Tensor:
    "Token losses of a population of P weight vectors, [P, label tokens]."
    d = self.mixed(bank, mix, rows, coefficients, factor)
    return self.token_losses(w, d, mix.size(0), examples, groups)

  def gradient(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, factor: Tensor, examples: Dict[str, Tensor], groups: Tensor, runs: Tensor) -> List[Tensor]:
    """Token losses of a population of P weight vectors, [P, label tokens], and, for each run of packed tokens, the
    derivatives of its losses' sum, weighted by the examples' shares [label tokens], with respect to mix [P, E, G * N] and to
    the coefficients [P, E, G * R]; each vector's losses depend on its own row only. factor: a single truth value. runs
    [2, E + 1]: where the runs begin among the tokens of the inputs and among the labels, and where the last one ends. The
    losses of a run may depend on its own tokens only."""
    bounds = [self.integers(runs[0]), self.integers(runs[1])]
    sums = self.zeros(mix, coefficients, runs)
    torch.set_grad_enabled(True)
    d = self.mixed(bank, mix, torch.empty([mix.size(0), 0], dtype=4, device=mix.device), coefficients, bool(factor[0]))
    losses = self.token_losses(w, d, mix.size(0), examples, self.integers(groups))
    found = self.back(d, (losses * examples["shares"]).sum(), None, annotate(List[Tensor], []), bounds, 0, sums)
    torch.set_grad_enabled(False)
    return [losses.detach(), sums[0], sums[1]]

  def refine(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], state: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, examples: Dict[str, Tensor], groups: Tensor, schedule: Tensor) -> List[Tensor]:
    """One step of Adam (Kingma and Ba, arXiv 1412.6980) on the factors of a single adapter, which it changes in place, as it does
    state: under first and second, for each factor, the running means of its derivatives and of their squares. schedule:
    the number of the step from 1, the rate, and the norm beyond which all derivatives together are scaled down. Returns the
    token losses before the step."""
    torch.set_grad_enabled(True)
    d = self.mixed(bank, mix, torch.empty([1, 0], dtype=4, device=mix.device), coefficients, False)
    losses = self.token_losses(w, d, 1, examples, self.integers(groups))
    wanted = annotate(List[Tensor], [])
    keys = annotate(List[str], [])
    for key in d.keys():
      if key.startswith("out:"):
        keys.append(key[4:])
        wanted.append(d[key])
    found = torch.grad([(losses * examples["shares"]).sum()], wanted, [annotate(Optional[Tensor], None)], False, False, True)
    torch.set_grad_enabled(False)
    slopes = annotate(Dict[str, Tensor], {})
    for i in range(len(keys)):
      name, number, vector = keys[i].split(":")
      x = d["in:" + keys[i]].flatten(0, -2).to(dtype=6)
      g = self.known(found[i], wanted[i]).flatten(0, -2).to(dtype=6)
      a = bank[name + ".a"]
      b = bank[name + ".b"]
      self.sum_up(slopes, name + ".a", torch.mm(torch.mm(b, g.t()), x))
      self.sum_up(slopes, name + ".b", torch.mm(torch.mm(a, x.t()), g))
    total = torch.zeros([], dtype=6, device=mix.device)
    for key in slopes.keys():
      total = total + torch.sum(slopes[key] * slopes[key])
    number_of_step = float(schedule[0])
    largest = torch.clamp(float(schedule[2]) / (torch.sqrt(total) + 1e-6), None, 1.)
    rate = float(schedule[1]) * (1. - 0.999 ** number_of_step) ** 0.5 / (1. - 0.9 ** number_of_step)
    epsilon = 1e-8 * (1. - 0.999 ** number_of_step) ** 0.5
    for key in slopes.keys():
      slope = slopes[key] * largest
      first = state["first." + key]
      second = state["second." + key]
      first.mul_(0.9).add_(slope, alpha=0.1)
      second.mul_(0.999).addcmul_(slope, slope, value=0.001)
      bank[key].addcdiv_(first, torch.sqrt(second).add_(epsilon), value=-rate)
    return [losses.detach()]

  def sum_up(self, sums: Dict[str, Tensor], key: str, own: Tensor) -> None:
    if key in sums:
      sums[key] = sums[key] + own
    else:
      sums[key] = own

  def zeros(self, mix: Tensor, coefficients: Tensor, runs: Tensor) -> List[Tensor]:
    "Sums for back, [P, E, G * N] and [P, E, G * R]."
    shape = [mix.size(0), runs.size(1) - 1, -1]
    return [torch.zeros_like(mix).unsqueeze(1).expand(shape).contiguous(), torch.zeros_like(coefficients).unsqueeze(1).expand(shape).contiguous()]

  def noted(self, d: Dict[str, Tensor], name: str, x: Tensor, y: Tensor) -> Tensor:
    "Keeps what enters and what leaves a changed module, for back."
    if not y.requires_grad:
      y = y.requires_grad_(True)
    key = "{}:{}:-1".format(name, len(d))
    d["in:" + key] = x.detach()
    d["out:" + key] = y
    return y

  def noted_of_vector(self, d: Dict[str, Tensor], one: Dict[str, Tensor], vector: int) -> None:
    "Keeps what was noted for one weight vector of a population."
    for key in one.keys():
      if key.endswith(":-1"):
        d["{}:{}".format(key[:-3], vector)] = one[key]

  def back(self, d: Dict[str, Tensor], y: Tensor, by: Optional[Tensor], inputs: List[Tensor], bounds: List[List[int]], first: int, sums: List[Tensor]) -> List[Tensor]:
    """Derivatives of y, times by, with respect to inputs; adds those with respect to the mix to sums.

    Autograd stops at the outputs of the changed modules. What the factors contribute follows from these derivatives and
    the modules' inputs, so each run's own costs no more than all runs' sum (Goodfellow, arXiv 1510.01799). first: the
    place of the first label among all."""
    wanted = annotate(List[Tensor], [])
    wanted.extend(inputs)
    keys = annotate(List[str], [])
    for key in d.keys():
      if key.startswith("out:"):
        keys.append(key[4:])
        wanted.append(d[key])
    known = annotate(List[Tensor], [])
    if len(wanted) == 0 or not y.requires_grad:
      for x in inputs:
        known.append(torch.zeros_like(x))
      return known
    found = torch.grad([y], wanted, [by], False, False, True)
    for i in range(len(inputs)):
      known.append(self.known(found[i], inputs[i]))
    for i in range(len(keys)):
      name, number, vector = keys[i].split(":")
      x = d["in:" + keys[i]]
      g = self.known(found[len(inputs) + i], wanted[len(inputs) + i])
      which = 0
      start = 0
      if self.reads_labels(name, x.size(-2), bounds[0][-1]):
        which = 1
        start = first
      v = int(vector)
      if v < 0:
        self.add_module(d, name, x, g, bounds[which], start, sums)
      else:
        own = [sums[0].slice(0, v, v + 1), sums[1].slice(0, v, v + 1)]
        self.add_module(self.of_output_layer(d, v), name, x, g, bounds[which], start, own)
    return known

  def add_module(self, d: Dict[str, Tensor], name: str, x: Tensor, g: Tensor, bounds: List[int], first: int, sums: List[Tensor]) -> None:
    """Adds the derivatives with respect to what weighs one module's factors. x [P, tokens, in]: its inputs; g
    [P, tokens, out]: derivatives with respect to its outputs; both without P where P is 1. Runs of the same length are
    computed together."""
    tokens = x.size(-2)
    runs = len(bounds) - 1
    exact = "rows" in d
    if exact:
      a = d[name + ".a"].to(dtype=self.dtype)
      b = d[name + ".b"].to(dtype=self.dtype)
    else:
      a, b = self.factors(d, name)
    k = 0
    while k < runs:
      start = self.within(bounds[k] - first, tokens)
      length = self.within(bounds[k + 1] - first, tokens) - start
      n = 1
      while k + n < runs and self.within(bounds[k + n + 1] - first, tokens) - self.within(bounds[k + n] - first, tokens) == length:
        n = n + 1
      if length > 0:
        xs = x.slice(-2, start, start + n * length).reshape([-1, length, x.size(-1)])
        gs = g.slice(-2, start, start + n * length).reshape([-1, length, g.size(-1)])
        if exact:
          self.add_rows(d, name, a, b, xs, gs, sums[1].slice(1, k, k + n))
        else:
          self.add_factors(d, name, a, b, xs, gs, sums[0].slice(1, k, k + n))
        if name + ".bias" in d:
          bias = d[name + ".bias"]
          own = torch.mm(torch.sum(gs, [1], False, dtype=6), bias.t())
          to = self.of_group(d, name, sums[0].slice(1, k, k + n).transpose(1, 2), bias.size(0))
          to.add_(own.view([to.size(0), n, -1]).transpose(1, 2))
      k = k + n

  def within(self, place: int, tokens: int) -> int:
    if place < 0:
      return 0
    if place > tokens:
      return tokens
    return place

  def add_rows(self, d: Dict[str, Tensor], name: str, a: Tensor, b: Tensor, x: Tensor, g: Tensor, sums: Tensor) -> None:
    """The coefficient of row r weighs a_r x and b_r: its derivative is the sum over the tokens of (x a_r)(g b_r).
    a [R, in], b [R, out], x [P * n, tokens, in], sums [P, n, G * R]."""
    i = a.size(1)
    o = b.size(1)
    tokens = x.size(1)
    if i * o * (tokens + a.size(0)) < tokens * a.size(0) * (i + o):
      terms = torch.matmul(torch.bmm(x.transpose(1, 2), g), b.t()) * a.t()
    else:
      terms = torch.matmul(x, a.t()) * torch.matmul(g, b.t())
    own = torch.sum(terms, [1], False, dtype=6)
    to = self.of_group(d, name, sums.transpose(1, 2), a.size(0))
    to.add_(own.view([to.size(0), sums.size(1), -1]).transpose(1, 2))

  def add_factors(self, d: Dict[str, Tensor], name: str, a: Tensor, b: Tensor, x: Tensor, g: Tensor, sums: Tensor) -> None:
    """Factor composition: the weight of a candidate weighs its A and its B. a, b: what factors gives; sums [P, n, N]."""
    n = d["mix"].size(1)
    if d["mix"].size(0) == 1:
      ap = a.t().unsqueeze(0)
      bp = b.t().unsqueeze(0)
    else:
      ap = a
      bp = b.transpose(1, 2)
    # [P, in, r] and [P, out, r], once for each run
    runs = sums.size(1)
    ap = ap.unsqueeze(1).expand([-1, runs, -1, -1]).flatten(0, 1)
    bp = bp.unsqueeze(1).expand([-1, runs, -1, -1]).flatten(0, 1)
    by_a = torch.bmm(torch.bmm(g, bp).transpose(1, 2), x).flatten(1, 2).to(dtype=6)
    by_b = torch.bmm(torch.bmm(x, ap).transpose(1, 2), g).flatten(1, 2).to(dtype=6)
    own = torch.mm(by_a, d[name + ".a"].view([n, -1]).t()) + torch.mm(by_b, d[name + ".b"].view([n, -1]).t())
    sums.add_(own.view([-1, runs, n]))

  def known(self, derivative: Optional[Tensor], like: Tensor) -> Tensor:
    "0 where nothing depends on it."
    if derivative is None:
      return torch.zeros_like(like)
    return unchecked_cast(Tensor, derivative)

  def changed_elements(self, bank: Dict[str, Tensor]) -> int:
    "Of all weights that the candidates change."
    elements = 0
    for key in bank.keys():
      if key.endswith(".a"):
        elements = elements + bank[key].size(1) * bank[key[:-2] + ".b"].size(1)
    return elements

  def integers(self, t: Tensor) -> List[int]:
    out = annotate(List[int], [])
    t = t.cpu()
    for i in range(t.size(0)):
      out.append(int(t[i]))
    return out
