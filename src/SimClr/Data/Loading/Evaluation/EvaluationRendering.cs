using SimClr.Augmentation;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>How the rows of an image are made.</summary>
internal abstract class EvaluationRendering
{
    /// <summary>Side S in pixels.</summary>
    public abstract int Size { get; }

    /// <summary>Number of values of a row, S·S·3.</summary>
    public abstract int ViewLength { get; }

    /// <summary>Rows of each image.</summary>
    public virtual int RowsOfEach => 1;

    /// <summary>Number of values of all rows of an image.</summary>
    public int LengthOfEach => checked(RowsOfEach * ViewLength);

    /// <summary>Renders the image that the memory's reader has opened.</summary>
    /// <param name="index">Which image it is.</param>
    /// <param name="pass">How often the dataset was gone through before.</param>
    /// <param name="size">The image's full size.</param>
    /// <param name="memory">The calling thread's.</param>
    /// <param name="buffer">Receives the rows.</param>
    /// <param name="row">The first of them.</param>
    public abstract void Render(
        int index, int pass, (int Width, int Height) size, WorkerMemory memory, BatchBuffer buffer, int row);

    /// <summary>The place of a row.</summary>
    protected Span<byte> Row(BatchBuffer buffer, int row) => buffer.Bytes((long)row * ViewLength, ViewLength);

    /// <summary>The same in every pass: a row for each of some crops.</summary>
    public sealed class Unchanged(EvaluationTransform transform, params IReadOnlyList<EvaluationCrop> crops)
        : EvaluationRendering
    {
        public override int Size => transform.Size;

        public override int ViewLength => transform.ViewLength;

        public override int RowsOfEach => crops.Count;

        public override void Render(
            int index, int pass, (int Width, int Height) size, WorkerMemory memory, BatchBuffer buffer, int row)
        {
            // In full: what is decoded elsewhere comes at full size too, and must give the same vectors.
            var (image, _) = memory.Reader.Read(shrink: 1);
            for (var i = 0; i < crops.Count; i++)
                transform.Render(image, crops[i], Row(buffer, row + i), buffer.Format, memory.Scratch);
        }
    }

    /// <summary>A view for each pass, drawn as pretraining draws the first view of that epoch.</summary>
    public sealed class Augmented(AugmentationPolicy policy, ulong seed) : EvaluationRendering
    {
        public override int Size => policy.ImageSize;

        public override int ViewLength => policy.ViewLength;

        public override void Render(
            int index, int pass, (int Width, int Height) size, WorkerMemory memory, BatchBuffer buffer, int row)
        {
            var parameters = memory.Draw(0, policy);
            var random = new CounterRandom(seed, pass, index, 0, DrawPurpose.View);
            policy.Draw(size.Width, size.Height, ref random, parameters);
            var (image, shrink) = memory.Reader.Read(policy.ShrinkFor(parameters));
            policy.Render(image, shrink, parameters, Row(buffer, row), buffer.Format, memory.Scratch);
        }
    }
}
