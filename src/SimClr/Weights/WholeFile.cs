namespace SimClr.Weights;

/// <summary>A file that is complete or absent: written aside, flushed to the disk and renamed.</summary>
internal static class WholeFile
{
    /// <summary>Files under construction are called like the final file with this at the end.</summary>
    internal const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content. When it throws, nothing has happened to the file.</param>
    /// <exception cref="WeightsException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            Discard(temporary);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw WeightsException.For(path, $"cannot be written: {e.Message}", e);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What made the write fail is the error to report.
        }
    }
}
