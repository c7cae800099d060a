namespace SimClr.Reporting;

/// <summary>
/// How much vectors are each other's neighbors, as t-SNE measures it (van der Maaten and Hinton 2008, Section 2 and 3.1).
/// </summary>
internal static class TsneAffinities
{
    private const int MaxTrials = 60;
    private const double Tolerance = 1e-5; // nats

    /// <summary>
    /// Probabilities p_ij: a Gaussian about each vector, as wide as gives it the wanted number of neighbors, and the mean of both
    /// directions.
    /// </summary>
    /// <param name="squares">Squared distances, <c>[n, n]</c>.</param>
    /// <param name="count">n, at least 2.</param>
    /// <param name="perplexity">The number of neighbors, exp of an entropy; at least 1 and below n.</param>
    /// <returns><c>[n, n]</c>, symmetric, zero on the diagonal, with sum 1.</returns>
    public static double[] Compute(double[] squares, int count, double perplexity)
    {
        var conditional = new double[count * count];
        for (var i = 0; i < count; i++)
            FindRow(squares.AsSpan(i * count, count), i, Math.Log(perplexity), conditional.AsSpan(i * count, count));
        var joint = new double[count * count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++)
                joint[i * count + j] = (conditional[i * count + j] + conditional[j * count + i]) / (2 * count);
        return joint;
    }

    /// <summary>Finds the width of a row's Gaussian by bisection of β = 1/2σ², and the row.</summary>
    private static void FindRow(ReadOnlySpan<double> squares, int self, double entropy, Span<double> row)
    {
        var nearest = double.PositiveInfinity;
        for (var j = 0; j < squares.Length; j++)
            if (j != self) nearest = Math.Min(nearest, squares[j]);
        var (beta, low, high) = (1.0, 0.0, double.PositiveInfinity);
        for (var trial = 0; trial < MaxTrials; trial++)
        {
            var difference = Fill(squares, self, nearest, beta, row) - entropy;
            if (Math.Abs(difference) < Tolerance) return;
            if (difference > 0) low = beta;
            else high = beta;
            beta = double.IsFinite(high) ? (low + high) / 2 : 2 * beta;
        }
    }

    /// <summary>A row for a given width.</summary>
    /// <returns>Its entropy in nats.</returns>
    private static double Fill(ReadOnlySpan<double> squares, int self, double nearest, double beta, Span<double> row)
    {
        var (sum, moment) = (0.0, 0.0);
        for (var j = 0; j < row.Length; j++)
        {
            var beyond = squares[j] - nearest;
            row[j] = j == self ? 0 : Math.Exp(-beta * beyond); // relative to the nearest, so that the sum is at least 1
            sum += row[j];
            moment += row[j] * beyond;
        }
        row[self] = 0;
        for (var j = 0; j < row.Length; j++) row[j] /= sum;
        return Math.Log(sum) + beta * moment / sum;
    }
}
