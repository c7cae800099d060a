namespace SimClr.Features;

/// <summary>
/// Minimizes a smooth, strictly convex function by L-BFGS (Liu and Nocedal 1989) around an initial inverse Hessian that the
/// caller supplies. In float64; deterministic.
/// </summary>
internal static class LimitedMemoryBfgs
{
    private const int Memory = 12;
    private const double SufficientDecrease = 1e-4;
    private const int MaxHalvings = 30;

    /// <summary>The value at a point; also writes the gradient.</summary>
    public delegate double Objective(double[] point, double[] gradient);

    /// <summary>Replaces a vector by (an approximation of) the inverse Hessian times it.</summary>
    public delegate void Preconditioner(double[] vector);

    /// <summary>Minimizes from a starting point, which is not changed.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="objective">The function.</param>
    /// <param name="precondition">The initial inverse Hessian, positive definite.</param>
    /// <param name="tolerance">Stops when |gradient·direction|/2, which estimates the excess value, is below this.</param>
    /// <param name="maxIterations">Maximum number of iterations.</param>
    public static (double[] Point, double Value, int Iterations) Minimize(
        double[] start, Objective objective, Preconditioner precondition, double tolerance, int maxIterations)
    {
        var point = (double[])start.Clone();
        var gradient = new double[point.Length];
        var value = objective(point, gradient);
        var pairs = new LinkedList<(double[] Step, double[] Change, double Product)>();
        var iteration = 0;
        for (; iteration < maxIterations; iteration++)
        {
            var direction = Direction(gradient, pairs, precondition);
            var slope = Dot(gradient, direction);
            if (-slope / 2 < tolerance) break;
            if (!TryStep(objective, point, value, direction, slope, out var next, out var nextGradient, out var nextValue))
                break; // float32 rounding in the objective hides any further decrease
            var step = Difference(next, point);
            var change = Difference(nextGradient, gradient);
            var product = Dot(step, change);
            if (product > 0)
            {
                pairs.AddLast((step, change, product));
                if (pairs.Count > Memory) pairs.RemoveFirst();
            }
            (point, gradient, value) = (next, nextGradient, nextValue);
        }
        return (point, value, iteration);
    }

    /// <summary>The two-loop recursion (Nocedal and Wright, algorithm 7.4).</summary>
    private static double[] Direction(
        double[] gradient, LinkedList<(double[] Step, double[] Change, double Product)> pairs, Preconditioner precondition)
    {
        var direction = Array.ConvertAll(gradient, g => -g);
        var factors = new Stack<double>();
        for (var node = pairs.Last; node is not null; node = node.Previous)
        {
            var factor = Dot(node.Value.Step, direction) / node.Value.Product;
            AddScaled(direction, -factor, node.Value.Change);
            factors.Push(factor);
        }
        precondition(direction);
        if (pairs.Last is { } last)
        {
            // Scales the initial inverse Hessian to the curvature seen last.
            var preconditioned = (double[])last.Value.Change.Clone();
            precondition(preconditioned);
            var scale = last.Value.Product / Dot(last.Value.Change, preconditioned);
            for (var i = 0; i < direction.Length; i++) direction[i] *= scale;
        }
        for (var node = pairs.First; node is not null; node = node.Next)
        {
            var factor = factors.Pop() - Dot(node.Value.Change, direction) / node.Value.Product;
            AddScaled(direction, factor, node.Value.Step);
        }
        return direction;
    }

    private static bool TryStep(
        Objective objective, double[] point, double value, double[] direction, double slope,
        out double[] next, out double[] gradient, out double nextValue)
    {
        next = new double[point.Length];
        gradient = new double[point.Length];
        nextValue = value;
        var length = 1.0;
        for (var halving = 0; halving < MaxHalvings; halving++, length /= 2)
        {
            for (var i = 0; i < point.Length; i++) next[i] = point[i] + length * direction[i];
            nextValue = objective(next, gradient);
            if (nextValue <= value + SufficientDecrease * length * slope) return true;
        }
        return false;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static double[] Difference(double[] a, double[] b)
    {
        var result = new double[a.Length];
        for (var i = 0; i < a.Length; i++) result[i] = a[i] - b[i];
        return result;
    }

    private static void AddScaled(double[] target, double factor, double[] source)
    {
        for (var i = 0; i < target.Length; i++) target[i] += factor * source[i];
    }
}
