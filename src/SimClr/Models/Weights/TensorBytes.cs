using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>The memory of tensors as spans; in pieces, because a span ends at 2 GB and a tensor need not.</summary>
internal static class TensorBytes
{
    private const int Piece = 1 << 26;

    /// <summary>Shows a tensor's bytes in logical row-major order, whatever its strides and device.</summary>
    public static void Read(Tensor tensor, Action<ReadOnlySpan<byte>> visit)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Visit(tensor.detach().cpu().contiguous(), bytes => visit(bytes));
    }

    /// <summary>Offers the memory of a contiguous CPU tensor for filling, in order.</summary>
    public static void Fill(Tensor tensor, Action<Span<byte>> fill)
    {
        using var scope = NewDisposeScope();
        Visit(tensor, fill);
    }

    private static void Visit(Tensor contiguous, Action<Span<byte>> visit)
    {
        var flat = contiguous.view(-1); // [numel]
        var step = Piece / flat.ElementSize;
        for (long start = 0; start < flat.NumberOfElements; start += step)
        {
            var piece = flat.narrow(0, start, Math.Min(step, flat.NumberOfElements - start));
            visit(piece.bytes);
        }
    }
}
