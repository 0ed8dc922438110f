class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def truncate(self, w: Tensor, probes: Tensor, k: int) -> List[Tensor]:
    """The k largest singular values of w [out, in]: U [out, k], S [k] and Vh [k, in] in float64, and the norms of w and of
    w - U S Vh. Without probes from all singular values, otherwise by subspace iteration from probes [in, q], q > k."""
    d = w.to(dtype=7)
    if probes.size(1) == 0:
      u, s, vh = torch.linalg_svd(d, False)
    else:
      q, r = torch.linalg_qr(torch.mm(d, probes.to(dtype=7)))
      for i in range(4):
        p, r = torch.linalg_qr(torch.mm(d.t(), q))
        q, r = torch.linalg_qr(torch.mm(d, p))
      v, s, vh = torch.linalg_svd(torch.mm(q.t(), d), False)
      u = torch.mm(q, v)
    u = u.narrow(1, 0, k)
    s = s.narrow(0, 0, k)
    vh = vh.narrow(0, 0, k)
    rest = torch.sub(d, torch.mm(torch.mul(u, s), vh))
    norms = torch.stack([torch.sqrt(torch.sum(torch.mul(d, d))), torch.sqrt(torch.sum(torch.mul(rest, rest)))])
    return [u.contiguous(), s.contiguous(), vh.contiguous(), norms]
