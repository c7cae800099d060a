using System.Runtime.Intrinsics;

namespace SimClr.Augmentation;

/// <summary>How many bits the vectors of the kernels have.</summary>
public enum SimdWidth
{
    /// <summary>Four floats at a time; works on every processor.</summary>
    Bits128 = 128,

    /// <summary>Eight floats: AVX2.</summary>
    Bits256 = 256,

    /// <summary>Sixteen floats: AVX-512.</summary>
    Bits512 = 512,
}

/// <summary>The choice among <see cref="SimdWidth"/>s.</summary>
public static class SimdWidths
{
    /// <summary>The widest that this processor does in one go.</summary>
    public static SimdWidth Widest { get; } =
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
        : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
        : SimdWidth.Bits128;
}
