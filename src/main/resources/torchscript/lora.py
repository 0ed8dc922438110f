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
      ap = torch.mm(mix, am.view([n, -1])).view([mix.size(0), -1, am.size(1)])
      bp = torch.mm(mix, bm.view([n, -1])).view([mix.size(0), -1, bm.size(1)])
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

  def product(self, x: Tensor, weight: Tensor) -> Tensor:
    "x [..., in] by the transpose of weight [out, in]."
    if self.onednn:
      if self.pays(x, weight):
        if torch.is_grad_enabled():
          return torch.to_dense(torch.linear(torch.to_mkldnn(x), weight))
        return ops.mkldnn._linear_pointwise(x, weight, None, "none", annotate(List[Optional[number]], []), "")
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
    if a.requires_grad:
      # the derivative of the sum is as large as the weight
      tokens = tokens // 2
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
        return ops.mkldnn._linear_pointwise(x, w[name + ".weight"], None, "gelu", annotate(List[Optional[number]], []), "tanh")
      if self.activation == 3:
        return ops.mkldnn._linear_pointwise(x, w[name + ".weight"], None, "swish", annotate(List[Optional[number]], []), "")
    return self.activate(self.linear(w, d, x, name))

  def times_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], y: Tensor, x: Tensor, name: str) -> Tensor:
    "y times a linear layer of x, element by element."
    if self.fuses(w, d, x, name):
      return ops.mkldnn._linear_pointwise(x, y, w[name + ".weight"], None, "mul")
    return y * self.linear(w, d, x, name)

  def plus_linear(self, w: Dict[str, Tensor], d: Dict[str, Tensor], y: Tensor, x: Tensor, name: str) -> Tensor:
    "y plus a linear layer of x."
    if self.fuses(w, d, x, name):
      return ops.mkldnn._linear_pointwise(x, y, w[name + ".weight"], None, "add")
    return y + self.linear(w, d, x, name)

  def fuses(self, w: Dict[str, Tensor], d: Dict[str, Tensor], x: Tensor, name: str) -> bool:
    "Whether oneDNN computes a linear layer, that nothing changes, together with what follows it."
    key = name + ".weight"
    if not self.fused or torch.is_grad_enabled() or key in d or name + ".a" in d or not self.pays(x, w[key]):
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

  def gradient(self, w: Dict[str, Tensor], bank: Dict[str, Tensor], mix: Tensor, coefficients: Tensor, factor: Tensor, examples: Dict[str, Tensor], groups: Tensor) -> List[Tensor]:
    """Token losses of a population of P weight vectors, [P, label tokens], and the derivatives of their sum weighted by the
    examples' shares [label tokens] with respect to mix [P, G * N] and to the coefficients [P, G * R]; each vector's losses
    depend on its own row only. factor: a single truth value."""
    torch.set_grad_enabled(True)
    rows = torch.empty([mix.size(0), 0], dtype=4, device=mix.device)
    m = mix.detach().requires_grad_(True)
    c = coefficients.detach().requires_grad_(True)
    d = self.mixed(bank, m, rows, c, bool(factor[0]))
    losses = self.token_losses(w, d, mix.size(0), examples, self.integers(groups))
    found = torch.grad([(losses * examples["shares"]).sum()], [m, c], None, False, False, True)
    torch.set_grad_enabled(False)
    return [losses.detach(), self.known(found[0], m), self.known(found[1], c)]

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
    for i in range(t.size(0)):
      out.append(int(t[i]))
    return out
