using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>An open safetensors file whose header has been checked. Not for use from several threads at once.</summary>
public sealed class SafeTensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly long _origin;
    private readonly Dictionary<string, SafeTensorsEntry> _entries;

    internal SafeTensorsFile(string path, SafeFileHandle handle, SafeTensorsHeader header, long origin)
    {
        (Path, _handle, _origin, Metadata) = (path, handle, origin, header.Metadata);
        Names = [.. header.Entries.Select(e => e.Name)];
        _entries = header.Entries.ToDictionary(e => e.Name);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names of the tensors, in the order of their data.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The writer's free text; empty when there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Element type of a tensor.</summary>
    /// <exception cref="WeightsException">There is no such tensor.</exception>
    public ScalarType DType(string name) => Entry(name).Type;

    /// <summary>Shape of a tensor; empty for a scalar.</summary>
    /// <exception cref="WeightsException">There is no such tensor.</exception>
    public IReadOnlyList<long> Shape(string name) => Entry(name).Shape;

    /// <summary>Reads a tensor.</summary>
    /// <returns>A contiguous tensor on the CPU; it belongs to the caller (or to the caller's dispose scope).</returns>
    /// <exception cref="WeightsException">There is no such tensor, or it cannot be read (any more).</exception>
    public Tensor Get(string name)
    {
        var entry = Entry(name);
        Tensor? tensor = null;
        try
        {
            tensor = empty(entry.Shape, entry.Type);
            var offset = _origin + entry.Start;
            TensorBytes.Fill(tensor, bytes =>
            {
                SafeTensors.ReadExactly(_handle, bytes, offset);
                offset += bytes.Length;
            });
            return tensor;
        }
        catch (Exception e)
        {
            tensor?.Dispose();
            // ExternalException: libtorch found no memory for it, as where a file has a hole of terabytes.
            if (e is not (IOException or UnauthorizedAccessException or ExternalException)) throw;
            throw WeightsException.For(Path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a tensor's bytes, as they are in the file, to memory that is there already.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="bytes">As many as the tensor has.</param>
    /// <exception cref="WeightsException">There is no such tensor, or it cannot be read (any more).</exception>
    internal void Read(string name, Span<byte> bytes)
    {
        var entry = Entry(name);
        if (bytes.Length != entry.End - entry.Start)
            throw new ArgumentException($"'{name}' has {entry.End - entry.Start} bytes, not {bytes.Length}.", nameof(bytes));
        try
        {
            SafeTensors.ReadExactly(_handle, bytes, _origin + entry.Start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WeightsException.For(Path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Closes the file; tensors that were read live on.</summary>
    public void Dispose() => _handle.Dispose();

    private SafeTensorsEntry Entry(string name) =>
        _entries.GetValueOrDefault(name) ?? throw WeightsException.For(Path, $"there is no tensor '{name}'");
}
