using SimClr.Features;

namespace SimClr.Evaluation;

/// <summary>
/// Features of both parts of a dataset and of augmented copies of the training part; computed on first use.
/// The network stays frozen until this object is disposed.
/// </summary>
/// <param name="frozen">The network; disposed with this object.</param>
/// <param name="train">Computes the features of the training part.</param>
/// <param name="test">Computes those of the test part.</param>
/// <param name="augmented">Computes those of a copy of the training part, by its number.</param>
public sealed class JudgedFeatures(
    FrozenEncoder frozen, Func<FeatureSet> train, Func<FeatureSet> test, Func<int, FeatureSet> augmented) : IDisposable
{
    private readonly Lazy<FeatureSet> _train = new(train), _test = new(test);

    /// <summary>Features of the training part.</summary>
    public FeatureSet Train => _train.Value;

    /// <summary>Features of the test part.</summary>
    public FeatureSet Test => _test.Value;

    /// <summary>
    /// The training part's features for each of some epochs, of a number of copies in turn; for no copies, those of the whole
    /// images. They are kept where a copy is used more than once.
    /// </summary>
    public Func<int, FeatureSet> Views(int copies, int epochs)
    {
        if (copies == 0) return _ => Train;
        if (copies >= epochs) return augmented;
        var kept = new FeatureSet?[copies];
        return epoch => kept[epoch % copies] ??= augmented(epoch % copies);
    }

    /// <inheritdoc/>
    public void Dispose() => frozen.Dispose();
}
