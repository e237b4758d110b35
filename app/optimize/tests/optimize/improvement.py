# Makes improvement.csv: expected improvements by BoTorch 0.18.1 (LogExpectedImprovement, and the analytic
# ExpectedHypervolumeImprovement over FastNondominatedPartitioning) of candidates with independent normal objectives.
# Columns: m, means, standard deviations, number of points, the points, the reference, the logarithm of the improvement.
import torch
from botorch.acquisition import LogExpectedImprovement
from botorch.acquisition.multi_objective.analytic import ExpectedHypervolumeImprovement
from botorch.models.model import Model
from botorch.posteriors.gpytorch import GPyTorchPosterior
from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning
from gpytorch.distributions import MultitaskMultivariateNormal, MultivariateNormal
from linear_operator.operators import DiagLinearOperator

torch.set_default_dtype(torch.float64)


class Given(Model):
    """A model that believes the same of every candidate."""

    def __init__(self, mean, sd):
        super().__init__()
        self.mean, self.sd = mean, sd

    @property
    def num_outputs(self):
        return len(self.mean)

    @property
    def batch_shape(self):
        return torch.Size([])

    def posterior(self, X, **kwargs):
        m = len(self.mean)
        shape = X.shape[:-2]
        if m == 1:
            mean, variance = self.mean.expand(*shape, 1), (self.sd**2).expand(*shape, 1)
            return GPyTorchPosterior(MultivariateNormal(mean, DiagLinearOperator(variance)))
        mean, variance = self.mean.expand(*shape, 1, m), (self.sd**2).expand(*shape, m)
        return GPyTorchPosterior(MultitaskMultivariateNormal(mean, DiagLinearOperator(variance)))


print("# BoTorch 0.18.1, see improvement.py; m, means, sds, points, their utilities, reference, log improvement")
generator = torch.Generator().manual_seed(4)
for m in (1, 2, 3):
    for round in range(12):
        count = 1 if m == 1 else 1 + round % 6
        points = torch.randn(count, m, generator=generator) * 0.7
        reference = torch.full((m,), -1.5)
        mean = torch.randn(m, generator=generator) - (0.3 * round if m == 1 else 0.0)
        sd = 0.1 + torch.rand(m, generator=generator)
        model, x = Given(mean, sd), torch.zeros(1, 1, 1)
        if m == 1:
            log = LogExpectedImprovement(model, best_f=points.max())(x)
        else:
            cells = FastNondominatedPartitioning(ref_point=reference, Y=points)
            log = ExpectedHypervolumeImprovement(model, ref_point=reference.tolist(), partitioning=cells)(x).log()
        values = [m, *mean.tolist(), *sd.tolist(), count, *points.flatten().tolist(), *reference.tolist(), float(log)]
        print(",".join(repr(v) for v in values))
