namespace SimClr.Data;

/// <summary>Images as evaluation sees them, with their labels. Valid until the next batch is asked for.</summary>
public sealed class EvaluationBatch : PixelBatch
{
    internal EvaluationBatch(BatchBuffer buffer, int imageSize, int[] indices, int[] labels, int step)
        : base(buffer, indices.Length, imageSize, indices, step) => Labels = labels;

    /// <summary>The label of each row; -1 where an image has none.</summary>
    public IReadOnlyList<int> Labels { get; }
}
