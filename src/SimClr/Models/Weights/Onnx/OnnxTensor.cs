using System.Runtime.InteropServices;

namespace SimClr.Models;

/// <summary>A constant of an ONNX graph. Its values lie in the file's memory, or in a file beside it.</summary>
internal sealed class OnnxTensor
{
    // TensorProto.DataType.
    private const long Float32 = 1, Int32 = 6, Int64 = 7, Float16 = 10, Float64 = 11, BFloat16 = 16;

    private readonly long _type;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly List<float> _singles = [];
    private readonly List<long> _numbers = [];
    private readonly string? _outside;
    private readonly long _offset, _length;

    private OnnxTensor(ReadOnlyMemory<byte> message, string folder)
    {
        var shape = new List<long>();
        var outside = new Dictionary<string, string>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
            switch (reader.Field)
            {
                case 1:
                    reader.AddNumbersTo(shape);
                    break;
                case 2:
                    _type = reader.Number;
                    break;
                case 4:
                    reader.AddSinglesTo(_singles);
                    break;
                case 5 or 7:
                    reader.AddNumbersTo(_numbers);
                    break;
                case 8:
                    Name = reader.Text;
                    break;
                case 9 or 10: // raw data, or float64 as they lie in memory
                    _bytes = reader.Content;
                    break;
                case 13:
                    var (key, value) = reader.Pair();
                    outside[key] = value;
                    break;
                default:
                    break;
            }
        Shape = shape;
        Count = 1;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && Count > int.MaxValue / size))
                throw new InvalidDataException($"'{Name}' has no such shape");
            Count *= size;
        }
        if (outside.Count == 0) return;
        _outside = Inside(folder, outside.GetValueOrDefault("location", ""));
        _ = long.TryParse(outside.GetValueOrDefault("offset", "0"), out _offset);
        if (!long.TryParse(outside.GetValueOrDefault("length", ""), out _length)) _length = Count * ElementSize;
    }

    /// <summary>Its name in the graph; empty for the value of a <c>Constant</c>.</summary>
    public string Name { get; } = "";

    /// <summary>Its shape; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of its values.</summary>
    public long Count { get; }

    /// <summary>Whether it holds numbers with a point.</summary>
    public bool IsReal => _type is Float32 or Float16 or Float64 or BFloat16;

    private int ElementSize => _type switch
    {
        Float16 or BFloat16 => 2,
        Float32 or Int32 => 4,
        Float64 or Int64 => 8,
        _ => throw new InvalidDataException($"'{Name}' holds numbers of a kind ({_type}) that no weights have"),
    };

    /// <summary>Reads a <c>TensorProto</c>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="folder">The folder of the file, where values outside of it lie.</param>
    public static OnnxTensor Read(ReadOnlyMemory<byte> message, string folder) => new(message, folder);

    /// <summary>The values as float32.</summary>
    /// <exception cref="InvalidDataException">There are too few or too many, or they are no numbers with a point.</exception>
    public float[] Singles()
    {
        if (!IsReal) throw new InvalidDataException($"'{Name}' does not hold numbers with a point");
        if (_singles.Count > 0) return Counted([.. _singles]);
        if (_numbers.Count > 0) // 16 bits each, in whole numbers
            return Counted([.. _numbers.Select(bits => Half((ushort)bits))]);
        var bytes = Bytes();
        return _type switch
        {
            Float32 => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            Float64 => [.. MemoryMarshal.Cast<byte, double>(bytes).ToArray().Select(value => (float)value)],
            _ => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(Half)],
        };
    }

    /// <summary>The values as whole numbers.</summary>
    /// <exception cref="InvalidDataException">There are too few or too many, or they are no whole numbers.</exception>
    public long[] WholeNumbers()
    {
        if (_type is not (Int32 or Int64)) throw new InvalidDataException($"'{Name}' does not hold whole numbers");
        if (_numbers.Count > 0) return Counted([.. _numbers]);
        var bytes = Bytes();
        return _type == Int64
            ? MemoryMarshal.Cast<byte, long>(bytes).ToArray()
            : [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(value => (long)value)];
    }

    private float Half(ushort bits) => _type == Float16
        ? (float)BitConverter.UInt16BitsToHalf(bits)
        : BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private T[] Counted<T>(T[] values) => values.Length == Count
        ? values
        : throw new InvalidDataException($"'{Name}' has {values.Length} values for a shape of {Count}");

    private ReadOnlySpan<byte> Bytes()
    {
        var bytes = _outside is null ? _bytes.Span : ReadOutside();
        return bytes.Length == Count * ElementSize
            ? bytes
            : throw new InvalidDataException($"'{Name}' has {bytes.Length} bytes for a shape of {Count}");
    }

    private byte[] ReadOutside()
    {
        using var file = File.OpenHandle(_outside!);
        if (_offset < 0 || _length < 0 || _length > int.MaxValue || _offset > RandomAccess.GetLength(file) - _length)
            throw new InvalidDataException($"'{Name}' lies outside of {Path.GetFileName(_outside)}");
        var bytes = new byte[_length];
        SafeTensors.ReadExactly(file, bytes, _offset);
        return bytes;
    }

    /// <summary>A file beside the model; a model must not name others.</summary>
    private string Inside(string folder, string location)
    {
        var isPlain = location.Length > 0 && location is not ("." or "..") && location.IndexOfAny(['/', '\\', ':', '\0']) < 0;
        return isPlain
            ? Path.Combine(folder, location)
            : throw new InvalidDataException($"'{Name}' lies in '{location}', which is no file in the model's folder");
    }
}
