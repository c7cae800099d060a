using SimClr.Features;
using SimClr.Images;

namespace SimClr.AspNetCore;

/// <summary>Takes one image at a time through the encoder, in memory that is used again for the next.</summary>
/// <param name="encoder">The encoder; it is the workbench's own.</param>
/// <param name="limits">The bounds.</param>
/// <param name="spare">Gives memory back after large images.</param>
internal sealed class Workbench(Embedder encoder, ServerLimits limits, SpareMemory spare) : IDisposable
{
    private readonly Lock _lock = new();
    private byte[] _file = [];
    private RgbImage _image = new(1, 1);

    /// <summary>The vector of an image.</summary>
    /// <param name="received">The file.</param>
    /// <returns><c>[d]</c> float32.</returns>
    /// <exception cref="RequestRefusedException">It is damaged, or claims too many pixels.</exception>
    public float[] Embed(ReceivedFile received)
    {
        lock (_lock)
        {
            if (_file.Length < received.Length) _file = GC.AllocateUninitializedArray<byte>(Roomy(received.Length));
            received.CopyTo(_file);
            var bytes = _file.AsSpan(0, received.Length);
            var pixels = Upload.RequireSize(bytes, limits.LargestImage);
            return spare.Decode(pixels, () =>
            {
                Upload.Decode(_file.AsSpan(0, received.Length), limits.LargestImage, _image);
                return encoder.Embed(_image);
            });
        }
    }

    /// <summary>Lets go of the memory.</summary>
    public void Clear()
    {
        lock (_lock) (_file, _image) = ([], new(1, 1));
    }

    public void Dispose() => encoder.Dispose();

    // Files that grow little by little do not leave an array each.
    private int Roomy(int length) => (int)Math.Min(limits.LargestUpload, Math.Max(length, 2L * _file.Length));
}
