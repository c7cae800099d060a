using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>The element types a safetensors file may hold here, by the format's name.</summary>
internal static class SafeTensorsTypes
{
    private static readonly (string Name, ScalarType Type, int Size)[] All =
    [
        ("F32", ScalarType.Float32, 4),
        ("F64", ScalarType.Float64, 8),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8),
        ("I32", ScalarType.Int32, 4),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The type of a format name.</summary>
    /// <exception cref="FormatException">The name is unknown.</exception>
    public static ScalarType Parse(string name)
    {
        foreach (var entry in All)
            if (entry.Name == name) return entry.Type;
        throw new FormatException($"element type '{name}' is not one of {string.Join(", ", All.Select(e => e.Name))}");
    }

    /// <summary>The format name of a type.</summary>
    /// <exception cref="ArgumentException">The type cannot be written.</exception>
    public static string NameOf(ScalarType type) => Find(type).Name;

    /// <summary>Bytes per element.</summary>
    /// <exception cref="ArgumentException">The type cannot be written.</exception>
    public static int SizeOf(ScalarType type) => Find(type).Size;

    private static (string Name, ScalarType Type, int Size) Find(ScalarType type)
    {
        foreach (var entry in All)
            if (entry.Type == type) return entry;
        throw new ArgumentException(
            $"Tensors of type {type} cannot be written; use one of {string.Join(", ", All.Select(e => e.Type))}.");
    }
}
