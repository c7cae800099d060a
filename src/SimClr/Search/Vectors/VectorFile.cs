using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SimClr.Features;
using SimClr.Files;

namespace SimClr.Search;

/// <summary>
/// Writes vectors to a file as they come, one row at a time, so that any number of them needs the memory of one. The file appears
/// under its name when it is complete. By the name's ending: <c>.npy</c> (NumPy's format 1.0, <c>[n, d]</c> float32, with the
/// names of images in <c>NAME.pictures.csv</c> in the same folder), <c>.parquet</c> (columns <c>picture</c>, <c>class</c> and
/// <c>vector</c>, a list of float32; a group of rows is kept in memory) or <c>.csv</c> (<c>image,class,v0,v1,…</c>).
/// </summary>
public sealed class VectorFile : IDisposable
{
    private const int NpyHeaderLength = 128;

    private readonly int _dimension;
    private readonly AtomicFile _file;
    private readonly AtomicFile? _names;      // in the folder of the .npy
    private readonly FileStream? _numbers;    // of .npy
    private readonly ParquetVectors? _parquet;
    private readonly StreamWriter? _text;     // none for Parquet

    private VectorFile(string path, int dimension, int useViews)
    {
        _dimension = dimension;
        _file = AtomicFile.Create(path);
        try
        {
            if (IsParquet(path))
            {
                _parquet = new ParquetVectors(_file.Stream, dimension, useViews);
            }
            else if (IsNpy(path))
            {
                _numbers = _file.Stream;
                _numbers.Write(new byte[NpyHeaderLength]);
                _names = AtomicFile.Create(ImagesOf(path));
                _text = Text(_names);
                _text.Write("picture,class\n");
            }
            else
            {
                _text = Text(_file);
                _text.Write("picture,class");
                for (var i = 0; i < dimension; i++) _text.Write(string.Create(CultureInfo.InvariantCulture, $",v{i}"));
                _text.Write('\n');
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Rows written so far.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its name, which ends in <c>.npy</c>, <c>.parquet</c> or <c>.csv</c>; replaced when it exists.</param>
    /// <param name="dimension">d, the length of a vector.</param>
    /// <param name="useViews">
    /// Over how many views of its image each vector is the mean (<see cref="Embedder.UseViews"/>). A <c>.parquet</c> file keeps
    /// it, unless it is 1, as <c>use_views</c> in its metadata; the other formats have no place for it.
    /// </param>
    /// <exception cref="EmbeddingException">The name has another ending.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static VectorFile Create(string path, int dimension, int useViews = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        RequireKnown(path);
        return new VectorFile(path, dimension, useViews);
    }

    /// <summary>Checks a name's ending.</summary>
    /// <exception cref="EmbeddingException">It is none of <c>.npy</c>, <c>.parquet</c> and <c>.csv</c>.</exception>
    public static void RequireKnown(string path)
    {
        if (!IsNpy(path) && !IsParquet(path) && !path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            throw new EmbeddingException($"{nameof(path)} must end in .npy, .parquet or .csv, not '{Path.GetFileName(path)}'.")
            {
                Setting = nameof(path),
                File = path,
            };
    }

    /// <summary>The file of names that belongs to a <c>.npy</c> file.</summary>
    public static string ImagesOf(string path) => Path.ChangeExtension(path, ".pictures.csv");

    /// <summary>Adds a row.</summary>
    /// <param name="image">The image's name.</param>
    /// <param name="className">Its class, or null.</param>
    /// <param name="vector"><c>[d]</c>.</param>
    /// <exception cref="ArgumentException">The vector has another length.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(string image, string? className, ReadOnlySpan<float> vector)
    {
        if (vector.Length != _dimension)
            throw new ArgumentException($"A vector of this file has {_dimension} values, not {vector.Length}.", nameof(vector));
        Count++;
        if (_parquet is not null)
        {
            _parquet.Add(image, className, vector);
            return;
        }
        _text!.Write(CsvText.Quoted(image));
        _text.Write(',');
        _text.Write(CsvText.Quoted(className ?? ""));
        if (_numbers is not null) WriteLittleEndian(vector);
        else foreach (var value in vector) _text.Write(string.Create(CultureInfo.InvariantCulture, $",{value:R}"));
        _text.Write('\n');
    }

    /// <summary>Completes the file: flushes it to the disk and gives it its name. Without this, nothing is left of it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Finish()
    {
        _parquet?.Finish();
        _text?.Flush();
        if (_numbers is not null)
        {
            _numbers.Position = 0;
            _numbers.Write(NpyHeader(Count, _dimension));
        }
        _names?.Finish();
        _file.Finish();
    }

    /// <summary>Closes the file, and deletes it if it was not finished.</summary>
    public void Dispose()
    {
        _names?.Dispose();
        _file.Dispose();
    }

    private static StreamWriter Text(AtomicFile file) => new(file.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);

    private static bool IsNpy(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    private static bool IsParquet(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    // NEP 1: magic, version 1.0, header length, a Python literal padded with blanks to a multiple of 64 bytes.
    private static byte[] NpyHeader(int rows, int columns)
    {
        var literal = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        var header = new byte[NpyHeaderLength];
        header.AsSpan().Fill((byte)' ');
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), NpyHeaderLength - 10);
        Encoding.ASCII.GetBytes(literal, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private void WriteLittleEndian(ReadOnlySpan<float> vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            _numbers!.Write(MemoryMarshal.AsBytes(vector));
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (var value in vector)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            _numbers!.Write(bytes);
        }
    }
}
