using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;

namespace SimClr.Evaluation;

/// <summary>
/// What a network makes of both parts of a dataset, and of augmented copies of the training part; computed when first asked for.
/// The network stays frozen until this object is disposed. Not for use from several threads at once.
/// </summary>
public sealed class JudgedFeatures : IDisposable
{
    private readonly SplitFeatures _source;
    private readonly FeatureExtractor _extractor;
    private readonly EvaluationTransform _transform;
    private readonly EvaluationRendering.Augmented _augmented;
    private readonly string _name;
    private FeatureSet? _train, _test;
    private EvaluationBatches? _copies;

    internal JudgedFeatures(SplitFeatures source, FeatureExtractor extractor, EvaluationTransform transform,
        EvaluationRendering.Augmented augmented, string name) =>
        (_source, _extractor, _transform, _augmented, _name) = (source, extractor, transform, augmented, name);

    /// <summary>Features of the training part.</summary>
    public FeatureSet Train => _train ??= Plain(_source.Data.Train, _source.UnreadableTrain);

    /// <summary>Features of the test part.</summary>
    public FeatureSet Test => _test ??= Plain(_source.Data.Test, _source.UnreadableTest);

    /// <summary>
    /// The training part's features for each of some epochs, of a number of copies in turn; for no copies, those of the whole
    /// images. They are kept where a copy is used more than once.
    /// </summary>
    public Func<int, FeatureSet> Views(int copies, int epochs)
    {
        if (copies == 0) return _ => Train;
        if (copies >= epochs) return Copy;
        var kept = new FeatureSet?[copies];
        return epoch => kept[epoch % copies] ??= Copy(epoch % copies);
    }

    /// <inheritdoc/>
    public void Dispose() => _extractor.Dispose();

    private FeatureSet Plain(IImageDataset part, UnreadableImages unreadable)
    {
        _source.Tell(_name, part, "");
        return _extractor.Extract(part, _transform, unreadable, _source.CancellationToken);
    }

    private FeatureSet Copy(int copy)
    {
        var part = _source.Data.Train;
        _copies ??= _extractor.Batches(part, _augmented, _source.UnreadableTrain);
        _source.Tell(_name, part, $", copy {copy + 1}");
        return _extractor.Extract(_copies, part.ClassNames, copy, _source.CancellationToken);
    }
}
