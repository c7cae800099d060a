using SimClr.Augmentation;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>How the one row of an image is made.</summary>
internal abstract class EvaluationRendering
{
    /// <summary>Side S in pixels.</summary>
    public abstract int Size { get; }

    /// <summary>Number of values of an image, S·S·3.</summary>
    public abstract int ViewLength { get; }

    /// <summary>The place of a row in a batch.</summary>
    public Span<byte> Row(BatchBuffer buffer, int row) => buffer.Bytes((long)row * ViewLength, ViewLength);

    /// <summary>Renders the image that the memory's reader has opened.</summary>
    /// <param name="index">Which image it is.</param>
    /// <param name="pass">How often the dataset was gone through before.</param>
    /// <param name="size">The image's full size.</param>
    /// <param name="memory">The calling thread's.</param>
    /// <param name="destination">Receives the row.</param>
    /// <param name="format">How it is stored.</param>
    public abstract void Render(
        int index, int pass, (int Width, int Height) size, WorkerMemory memory, Span<byte> destination, PixelFormat format);

    /// <summary>The same in every pass.</summary>
    public sealed class Unchanged(EvaluationTransform transform) : EvaluationRendering
    {
        public override int Size => transform.Size;

        public override int ViewLength => transform.ViewLength;

        public override void Render(
            int index, int pass, (int Width, int Height) size, WorkerMemory memory, Span<byte> destination, PixelFormat format)
        {
            // In full: what is decoded elsewhere comes at full size too, and must give the same vectors.
            var (image, _) = memory.Reader.Read(shrink: 1);
            transform.Render(image, destination, format, memory.Scratch);
        }
    }

    /// <summary>A view for each pass, drawn as pretraining draws the first view of that epoch.</summary>
    public sealed class Augmented(AugmentationPolicy policy, ulong seed) : EvaluationRendering
    {
        public override int Size => policy.ImageSize;

        public override int ViewLength => policy.ViewLength;

        public override void Render(
            int index, int pass, (int Width, int Height) size, WorkerMemory memory, Span<byte> destination, PixelFormat format)
        {
            var parameters = memory.Draw(0, policy);
            var random = new CounterRandom(seed, pass, index, 0, DrawPurpose.View);
            policy.Draw(size.Width, size.Height, ref random, parameters);
            var (image, shrink) = memory.Reader.Read(policy.ShrinkFor(parameters));
            policy.Render(image, shrink, parameters, destination, format, memory.Scratch);
        }
    }
}
