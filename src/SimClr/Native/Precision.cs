namespace SimClr.Native;

/// <summary>Arithmetic of convolutions and linear layers.</summary>
public enum Precision
{
    /// <summary>bfloat16 where the hardware has units for it, else float32.</summary>
    Auto,

    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16, with float32 sums.</summary>
    BFloat16,
}
