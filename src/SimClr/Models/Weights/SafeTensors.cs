using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using SimClr.Files;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// The safetensors format (https://github.com/huggingface/safetensors): an 8-byte little-endian header length, a JSON header,
/// raw little-endian row-major data. Nothing in it is executed, and a reader can check all of it before trusting any of it.
/// </summary>
public static class SafeTensors
{
    /// <summary>
    /// Writes tensors to a file. The file is complete or absent: it is written aside, flushed to the disk and renamed.
    /// </summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="tensors">
    /// Unique names and tensors of type float32, float64, float16, bfloat16, int64, int32, uint8 or bool, on any device, with any
    /// strides; they are written in logical row-major order and stay the caller's. Wider elements come first in the file so that
    /// all data are aligned; otherwise the order is kept.
    /// </param>
    /// <param name="metadata">Free text for readers, or null.</param>
    /// <exception cref="ArgumentException">A name is taken twice or reserved, or an element type cannot be written.</exception>
    /// <exception cref="WeightsException">The file cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, tensors, metadata, check: null);

    /// <summary>
    /// The same, with a look at the file before it takes its name; <paramref name="check"/> throws where it is not right.
    /// </summary>
    internal static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata, Action<string>? check)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Writing(path, () => AtomicFile.Write(path, stream => WriteTo(stream, tensors, metadata), check));
    }

    /// <summary>The same to a file that was begun before, and completes it.</summary>
    internal static void Write(AtomicFile file, IEnumerable<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null) => Writing(file.Path, () =>
        {
            WriteTo(file.Stream, tensors, metadata);
            file.Finish();
        });

    private static void Writing(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WeightsException.NotWritten(path, e);
        }
    }

    private static void WriteTo(
        Stream stream, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        TorchRuntime.EnsureLoaded();
        var ordered = tensors.OrderByDescending(t => SafeTensorsTypes.SizeOf(t.Tensor.dtype)).ToList();
        var header = Describe(ordered, metadata).ToBytes();
        if (header.Length > SafeTensorsHeader.LongestHeader)
            throw new ArgumentException(
                $"Names and metadata take {header.Length} bytes; the format allows {SafeTensorsHeader.LongestHeader}.");
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in ordered) TensorBytes.Read(tensor, stream.Write);
    }

    /// <summary>Opens a file and checks its header completely; tensors are read when asked for.</summary>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="WeightsException">The file cannot be read or is not a valid safetensors file.</exception>
    public static SafeTensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TorchRuntime.EnsureLoaded();
        SafeFileHandle? handle = null;
        try
        {
            handle = BoundedFile.Open(path);
            var (header, origin) = ReadHeader(handle);
            var file = new SafeTensorsFile(path, handle, header, origin);
            handle = null; // now the file's
            return file;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped string that is half of a surrogate pair.
            throw WeightsException.For(path, $"not a valid safetensors file: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw WeightsException.For(path, $"cannot be read: {e.Message}", e);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    private static SafeTensorsHeader Describe(
        List<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var names = new HashSet<string>();
        var entries = new List<SafeTensorsEntry>();
        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            if (name == SafeTensorsHeader.MetadataName) throw new ArgumentException($"The name '{name}' is reserved.");
            if (!names.Add(name)) throw new ArgumentException($"Two tensors are called '{name}'.");
            var end = offset + tensor.NumberOfElements * SafeTensorsTypes.SizeOf(tensor.dtype);
            entries.Add(new SafeTensorsEntry(name, tensor.dtype, tensor.shape, offset, end));
            offset = end;
        }
        return new SafeTensorsHeader(entries, metadata ?? new Dictionary<string, string>());
    }

    private static (SafeTensorsHeader Header, long Origin) ReadHeader(SafeFileHandle handle)
    {
        var fileLength = RandomAccess.GetLength(handle);
        if (fileLength < 8) throw new FormatException($"{fileLength} bytes are too few");
        Span<byte> prefix = stackalloc byte[8];
        ReadExactly(handle, prefix, 0);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)(fileLength - 8) || length > SafeTensorsHeader.LongestHeader)
            throw new FormatException($"a header of {length} bytes does not fit a file of {fileLength} bytes");
        var json = new byte[length];
        ReadExactly(handle, json, 8);
        var origin = 8 + (long)length;
        return (SafeTensorsHeader.Parse(json, fileLength - origin), origin);
    }

    internal static void ReadExactly(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        while (buffer.Length > 0)
        {
            var read = RandomAccess.Read(handle, buffer, offset);
            if (read == 0) throw new EndOfStreamException("it became shorter while it was read");
            buffer = buffer[read..];
            offset += read;
        }
    }
}
