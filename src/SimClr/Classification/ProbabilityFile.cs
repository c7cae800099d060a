using System.Globalization;
using System.Text;
using SimClr.Files;

namespace SimClr.Classification;

/// <summary>
/// Writes what images show to a CSV file as it comes, a line each: <c>picture,class,probability</c>, and for more than one
/// class <c>class2,probability2,…</c>. The file appears under its name when it is complete.
/// </summary>
public sealed class ProbabilityFile : IDisposable
{
    private readonly int _top;
    private readonly AtomicFile _file;
    private readonly StreamWriter _text;

    private ProbabilityFile(string path, int top)
    {
        (_top, _file) = (top, AtomicFile.Create(path));
        _text = new StreamWriter(_file.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        _text.Write("picture,class,probability");
        for (var rank = 2; rank <= top; rank++)
            _text.Write(string.Create(CultureInfo.InvariantCulture, $",class{rank},probability{rank}"));
        _text.Write('\n');
    }

    /// <summary>Images written so far.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its name, which ends in <c>.csv</c>; replaced when it exists.</param>
    /// <param name="top">How many classes of each image are written, at least 1.</param>
    /// <exception cref="ImageClassifierException">The name has another ending.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static ProbabilityFile Create(string path, int top)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (!path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            throw new ImageClassifierException($"{nameof(path)} must end in .csv, not '{Path.GetFileName(path)}'.")
            {
                Setting = nameof(path),
                File = path,
            };
        return new ProbabilityFile(path, top);
    }

    /// <summary>Adds an image.</summary>
    /// <param name="image">Its name.</param>
    /// <param name="classes">Its classes, the most likely first; what is missing stays empty.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(string image, IReadOnlyList<ClassProbability> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        _text.Write(CsvText.Quoted(image));
        for (var rank = 0; rank < _top; rank++)
            _text.Write(rank < classes.Count
                ? string.Create(CultureInfo.InvariantCulture,
                    $",{CsvText.Quoted(classes[rank].ClassName)},{classes[rank].Probability:0.000000}")
                : ",,");
        _text.Write('\n');
        Count++;
    }

    /// <summary>Completes the file: flushes it to the disk and gives it its name. Without this, nothing is left of it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Finish()
    {
        _text.Flush();
        _file.Finish();
    }

    /// <summary>Closes the file, and deletes it if it was not finished.</summary>
    public void Dispose() => _file.Dispose();
}
