using System.Buffers;
using Microsoft.Win32.SafeHandles;
using SimClr.Files;

namespace SimClr.Data;

/// <summary>The bytes of a file in pooled memory: its start, or all of them. Spans are valid until the next call.</summary>
internal sealed class FileBytes : IDisposable
{
    /// <summary>The largest image file that is read: more than the largest image without compression takes.</summary>
    public const int MaxBytes = 512 * 1024 * 1024;

    private const int StartLength = 64 * 1024; // holds a header with the usual metadata and thumbnail before it

    private readonly SafeFileHandle _file;
    private readonly int _length;
    private byte[] _bytes = [];
    private int _read;

    /// <exception cref="IOException">The file cannot be opened, is empty, a pipe or a device, or too large.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public FileBytes(string path)
    {
        _file = BoundedFile.Open(path);
        var length = RandomAccess.GetLength(_file);
        if (length <= MaxBytes)
        {
            _length = (int)length;
            return;
        }
        _file.Dispose();
        throw new IOException($"{length:N0} bytes are too many for an image.");
    }

    public ReadOnlySpan<byte> Start() => Read(Math.Min(_length, StartLength));

    public ReadOnlySpan<byte> All() => Read(_length);

    public void Dispose()
    {
        _file.Dispose();
        Return();
    }

    private ReadOnlySpan<byte> Read(int wanted)
    {
        if (_bytes.Length < wanted)
        {
            Return();
            _bytes = ArrayPool<byte>.Shared.Rent(wanted);
            _read = 0;
        }
        while (_read < wanted)
        {
            var count = RandomAccess.Read(_file, _bytes.AsSpan(_read, wanted - _read), _read);
            if (count == 0) break; // the file was cut while it was open
            _read += count;
        }
        return _bytes.AsSpan(0, Math.Min(_read, wanted));
    }

    private void Return()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
