using SimClr.Augmentation;
using SimClr.Datasets;
using SimClr.Images;

namespace SimClr.Batches;

/// <summary>What is to be rendered, step by step. Its members are called by several threads at once.</summary>
internal abstract class BatchPlan
{
    public required IImageDataset Dataset { get; init; }

    public required int FirstStep { get; init; }

    public required int EndStep { get; init; }

    /// <summary>Floats of a full batch.</summary>
    public required int BufferLength { get; init; }

    /// <summary>The pictures of a step, in the order of the rows.</summary>
    public abstract ReadOnlySpan<int> Indices(int step);

    /// <summary>Renders one picture of a step to its place in the batch, as a function of its arguments alone.</summary>
    public abstract void Render(RgbImage image, int index, int item, float[] buffer, RenderScratch scratch);
}
