using static TorchSharp.torch;

namespace SimClr.Numerics;

/// <summary>
/// Rows <c>[R, D]</c> in the two orders that <see cref="TileProducts"/> reads, with zeros behind the last row up to a whole tile
/// and behind the last column up to a whole panel.
/// </summary>
internal sealed unsafe class PackedRows : IDisposable
{
    private const int Width = TileProducts.Columns;

    private readonly Tensor _groups, _panels;
    private readonly float* _firstGroup, _firstPanel;

    /// <param name="x">Float32 <c>[R, D]</c> on the processor.</param>
    /// <param name="tile">Rows of a tile, a multiple of 32.</param>
    public PackedRows(Tensor x, int tile)
    {
        using var scope = NewDisposeScope();
        (Count, var columns) = ((int)x.shape[0], (int)x.shape[1]);
        Tiles = (Count + tile - 1) / tile;
        PaddedCount = Tiles * tile;
        Panels = (columns + Width - 1) / Width;
        Dimension = Panels * Width;
        var padded = nn.functional.pad(x, [0, Dimension - columns, 0, PaddedCount - Count]);           // [R', D']
        _groups = padded.view(-1, Width, Dimension).transpose(1, 2).contiguous();                      // [R'/32, D', 32]
        _panels = padded.view(PaddedCount, Panels, Width).transpose(0, 1).contiguous();                // [D'/32, R', 32]
        _groups.DetachFromDisposeScope();
        _panels.DetachFromDisposeScope();
        _firstGroup = Address(_groups);
        _firstPanel = Address(_panels);
    }

    /// <summary>R.</summary>
    public int Count { get; }

    /// <summary>R', with the rows behind the last.</summary>
    public int PaddedCount { get; }

    /// <summary>D', with the columns behind the last.</summary>
    public int Dimension { get; }

    /// <summary>Tiles in a row.</summary>
    public int Tiles { get; }

    /// <summary>Panels of 32 columns.</summary>
    public int Panels { get; }

    /// <summary>Where the elements of a tensor on the processor begin.</summary>
    public static float* Address(Tensor tensor)
    {
        fixed (byte* first = tensor.bytes) return (float*)first; // native memory, which does not move
    }

    /// <summary>The 32 rows from <paramref name="row"/> on, a multiple of 32, lying on their side: <c>[D', 32]</c>.</summary>
    public float* Group(int row) => _firstGroup + (long)row * Dimension;

    /// <summary>32 columns from a row on, <c>[R' − row, 32]</c>.</summary>
    public float* Panel(int panel, int row) => _firstPanel + ((long)panel * PaddedCount + row) * Width;

    public void Dispose()
    {
        _groups.Dispose();
        _panels.Dispose();
    }
}
