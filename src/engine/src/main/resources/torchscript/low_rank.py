class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def decompose(self, a: Tensor, b: Tensor) -> List[Tensor]:
    """Singular value decomposition of B A without forming it: a [R, in], b [out, R]; gives U [out, k], S [k] and Vh
    [k, in] in float64, k = min(R, in, out)."""
    qb, rb = torch.linalg_qr(b.to(dtype=7))
    qa, ra = torch.linalg_qr(a.to(dtype=7).t())
    u, s, vh = torch.linalg_svd(torch.mm(rb, ra.t()), False)
    return [torch.mm(qb, u), s, torch.mm(vh, qa.t())]

  def singular_values(self, a: Tensor, b: Tensor) -> List[Tensor]:
    "S [k] alone."
    qb, rb = torch.linalg_qr(b.to(dtype=7), "r")
    qa, ra = torch.linalg_qr(a.to(dtype=7).t(), "r")
    return [torch.linalg_svdvals(torch.mm(rb, ra.t()))]
