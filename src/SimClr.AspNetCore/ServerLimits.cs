namespace SimClr.AspNetCore;

/// <summary>
/// Bounds on the work that the server holds at once, and thus on its memory. Bytes of files scale with the memory of the machine;
/// of large images one is decoded at a time.
/// </summary>
/// <param name="LargestUpload">Bytes of the largest file that is taken.</param>
/// <param name="LargestImage">Pixels of the largest image that is decoded.</param>
/// <param name="UploadBytes">Bytes of all files that arrive or wait.</param>
internal sealed record ServerLimits(long LargestUpload, long LargestImage, long UploadBytes)
{
    /// <summary>Connections at once.</summary>
    public const int MaxConnections = 1000;

    /// <summary>Connections of one address of another machine that is no trusted proxy.</summary>
    public const int MaxPerAddress = 128;

    /// <summary>Images that arrive at once, which is far less than the connections, so that slow ones leave room.</summary>
    public const int MaxUploads = 256;

    /// <summary>Bytes that are read from a connection before they are asked for, and as many on their way to it.</summary>
    public const int ConnectionBuffer = 64 * 1024;

    /// <summary>Pixels from which on images are decoded one at a time.</summary>
    public const int LargeImage = 4_000_000;

    /// <summary>
    /// Bytes that a pixel takes while it is decoded: 3 of the image, 4 as Skia hands it out, and up to 8 within Skia, for
    /// interlaced PNGs of 16 bits.
    /// </summary>
    public const int BytesPerPixel = 16;

    /// <summary>Thumbnails that are drawn at once.</summary>
    public static int Drawing => Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>For connections, small images, answers, and what is not yet collected as garbage; 10⁶ bytes.</summary>
    private const int OthersMegabytes = 600;

    private const int MaxFilesWaiting = 16, MinFilesWaiting = 4;

    /// <summary>How much memory the server takes at most, in bytes, beyond what it takes when it has just started.</summary>
    public long MaxMemory => UploadBytes + LargestUpload + (BytesPerPixel * LargestImage) + (OthersMegabytes * 1_000_000L);

    /// <summary>The limits on a machine.</summary>
    /// <param name="options">The bounds of one image.</param>
    /// <param name="memory">Bytes of memory that there are: an eighth of them is for files that arrive or wait.</param>
    public static ServerLimits Of(ServerOptions options, long memory)
    {
        var waiting = Math.Clamp(memory / 8 / options.MaxBytes, MinFilesWaiting, MaxFilesWaiting);
        return new(options.MaxBytes, options.MaxPixels, waiting * options.MaxBytes);
    }
}
