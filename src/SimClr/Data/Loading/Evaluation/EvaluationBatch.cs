namespace SimClr.Data;

/// <summary>Images as evaluation sees them, with their labels. Valid until the next batch is asked for.</summary>
public sealed class EvaluationBatch : PixelBatch
{
    internal EvaluationBatch(BatchBuffer buffer, int rowsOfEach, int imageSize, int[] indices, int[] labels, int step)
        : base(buffer, indices.Length * rowsOfEach, imageSize, indices, step) => Labels = labels;

    /// <summary>The label of each image; -1 where it has none.</summary>
    public IReadOnlyList<int> Labels { get; }
}
