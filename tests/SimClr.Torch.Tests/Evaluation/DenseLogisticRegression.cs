using SimClr.Features;

namespace SimClr.Torch.Tests.Evaluation;

/// <summary>
/// The linear probe's problem written out in plain float64 loops, with a damped Newton method: small problems only. Parameters
/// are <c>[C, d+1]</c>, the intercept last in each row.
/// </summary>
internal sealed class DenseLogisticRegression
{
    private readonly double[][] _rows; // standardized, with a final 1
    private readonly int[] _labels;
    private readonly int _classes, _width;
    private readonly double _weightDecay;
    private readonly double[] _mean, _deviation;

    public DenseLogisticRegression(FeatureSet set, double weightDecay)
    {
        (_labels, _classes, _width, _weightDecay) = (set.Labels, set.ClassCount, set.Dimension + 1, weightDecay);
        double Column(int j, Func<double, double> f) => Enumerable.Range(0, set.Count).Average(i => f(set.Row(i)[j]));
        _mean = [.. Enumerable.Range(0, set.Dimension).Select(j => Column(j, v => v))];
        _deviation = [.. Enumerable.Range(0, set.Dimension).Select(j => Math.Sqrt(Column(j, v => Math.Pow(v - _mean[j], 2))))];
        _rows = [.. Enumerable.Range(0, set.Count).Select(i =>
            set.Row(i).ToArray().Select((v, j) => (v - _mean[j]) / _deviation[j]).Append(1.0).ToArray())];
    }

    /// <summary>The parameters of a classifier of raw features.</summary>
    public double[] FromRawFeatures(LinearClassifier classifier)
    {
        var d = _width - 1;
        var result = new double[_classes * _width];
        for (var c = 0; c < _classes; c++)
        {
            result[c * _width + d] = classifier.Intercepts[c];
            for (var j = 0; j < d; j++)
            {
                result[c * _width + j] = classifier.Weights[c * d + j] * _deviation[j];
                result[c * _width + d] += classifier.Weights[c * d + j] * _mean[j];
            }
        }
        return result;
    }

    public double Loss(double[] parameters)
    {
        var loss = 0.0;
        for (var i = 0; i < _rows.Length; i++) loss -= Math.Log(Probabilities(parameters, _rows[i])[_labels[i]]);
        loss /= _rows.Length;
        for (var p = 0; p < parameters.Length; p++)
            if (p % _width != _width - 1) loss += _weightDecay / 2 * parameters[p] * parameters[p];
        return loss;
    }

    public double[] Newton()
    {
        var size = _classes * _width;
        var point = new double[size];
        for (var iteration = 0; iteration < 60; iteration++)
        {
            var (gradient, hessian) = Derivatives(point);
            if (gradient.Max(Math.Abs) < 1e-13) break;
            var step = Solve(hessian, gradient);
            var loss = Loss(point);
            var length = 1.0;
            double[] next;
            do
            {
                next = [.. point.Select((p, i) => p - length * step[i])];
                length /= 2;
            } while (Loss(next) > loss && length > 1e-6);
            point = next;
        }
        return point;
    }

    private (double[] Gradient, double[,] Hessian) Derivatives(double[] point)
    {
        var size = point.Length;
        var gradient = new double[size];
        var hessian = new double[size, size];
        for (var i = 0; i < _rows.Length; i++)
        {
            var p = Probabilities(point, _rows[i]);
            for (var a = 0; a < size; a++)
            {
                var (c, x) = (a / _width, _rows[i][a % _width] / _rows.Length);
                gradient[a] += (p[c] - (_labels[i] == c ? 1 : 0)) * x;
                for (var b = 0; b < size; b++)
                    hessian[a, b] += p[c] * ((c == b / _width ? 1 : 0) - p[b / _width]) * x * _rows[i][b % _width];
            }
        }
        for (var a = 0; a < size; a++)
        {
            var penalised = a % _width != _width - 1;
            gradient[a] += penalised ? _weightDecay * point[a] : 0;
            hessian[a, a] += penalised ? _weightDecay : 1e-9; // intercepts are determined up to a common shift only
        }
        return (gradient, hessian);
    }

    private double[] Probabilities(double[] parameters, double[] row)
    {
        var logits = Enumerable.Range(0, _classes)
            .Select(c => row.Select((x, j) => x * parameters[c * _width + j]).Sum()).ToArray();
        var exponentials = logits.Select(l => Math.Exp(l - logits.Max())).ToArray();
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }

    /// <summary>Gaussian elimination with pivoting.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        var (a, b) = ((double[,])matrix.Clone(), (double[])right.Clone());
        for (var k = 0; k < n; k++)
        {
            var pivot = Enumerable.Range(k, n - k).MaxBy(r => Math.Abs(a[r, k]));
            for (var c = 0; c < n; c++) (a[k, c], a[pivot, c]) = (a[pivot, c], a[k, c]);
            (b[k], b[pivot]) = (b[pivot], b[k]);
            for (var r = k + 1; r < n; r++)
            {
                var factor = a[r, k] / a[k, k];
                for (var c = k; c < n; c++) a[r, c] -= factor * a[k, c];
                b[r] -= factor * b[k];
            }
        }
        for (var k = n - 1; k >= 0; k--)
        {
            for (var c = k + 1; c < n; c++) b[k] -= a[k, c] * b[c];
            b[k] /= a[k, k];
        }
        return b;
    }
}
