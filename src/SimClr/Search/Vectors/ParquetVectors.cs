using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace SimClr.Search;

/// <summary>
/// Vectors as a Parquet file, row group by row group: columns <c>picture</c> (string), <c>class</c> (string or null) and
/// <c>vector</c> (list of float32), compressed by Snappy. The file is not one until it is finished.
/// </summary>
internal sealed class ParquetVectors
{
    // A group's numbers wait in memory: 16 MB, so that a reader that skips groups has some to skip.
    private const int GroupElements = 1 << 22, MaxRows = 1 << 14;

    private readonly DataField _image = new DataField<string>("picture", nullable: false);
    private readonly DataField _class = new DataField<string>("class", nullable: true);
    private readonly DataField _element = new DataField<float>("element", nullable: false);
    private readonly int _dimension;
    private readonly ParquetWriter _writer;
    private readonly List<string> _images = [], _classes = [];
    private readonly float[] _values;
    private readonly int[] _repetitions, _definitions;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Receives it; the caller's.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="useViews">Over how many views of its image each vector is the mean.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public ParquetVectors(Stream stream, int dimension, int useViews)
    {
        _dimension = dimension;
        var rows = Math.Clamp(GroupElements / dimension, 1, MaxRows);
        _values = new float[checked(rows * dimension)];
        var schema = new ParquetSchema(_image, _class, new ListField("vector", _element));
        // Every vector is whole: its first number begins a list, the others go on with it, and none is missing.
        _repetitions = [.. Enumerable.Range(0, _values.Length).Select(i => i % dimension == 0 ? 0 : 1)];
        _definitions = new int[_values.Length];
        Array.Fill(_definitions, _element.MaxDefinitionLevel);
        _writer = Done(ParquetWriter.CreateAsync(schema, stream));
        if (useViews != 1)
            _writer.CustomMetadata = new Dictionary<string, string>
            {
                ["use_views"] = useViews.ToString(CultureInfo.InvariantCulture),
            };
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(string image, string? className, ReadOnlySpan<float> vector)
    {
        vector.CopyTo(_values.AsSpan(_images.Count * _dimension));
        _images.Add(image);
        _classes.Add(className!); // null is one of the column's values
        if (_images.Count * _dimension == _values.Length) WriteGroup();
    }

    /// <summary>Completes the file; without this it is none.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Finish()
    {
        if (_images.Count > 0) WriteGroup();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult(); // writes the footer
    }

    private void WriteGroup()
    {
        var length = _images.Count * _dimension;
        using (var group = _writer.CreateRowGroup())
        {
            Done(group.WriteAsync(_image, _images));
            Done(group.WriteAsync(_class, _classes));
            Done(group.WriteAllPartsAsync<float>(
                _element, _values.AsMemory(0, length), _definitions.AsMemory(0, length), _repetitions.AsMemory(0, length),
                default));
            group.CompleteValidate();
        }
        _images.Clear();
        _classes.Clear();
    }

    // Parquet.Net writes asynchronously only. On a file's stream a task waits for nothing but the disk, so blocking is safe.
    private static T Done<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Done(Task task) => task.GetAwaiter().GetResult();

    private static void Done(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
