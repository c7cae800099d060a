using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SimClr.Images;

namespace SimClr.Server;

/// <summary>A picture in a request: its bytes within bounds, then its pixels. A name that comes with it is not read.</summary>
internal static class Upload
{
    private const string Forms = "send the bytes of a picture as image/* or application/octet-stream, or a form with one file "
        + "as multipart/form-data";

    private const int MostParts = 8, LongestBoundary = 100;

    /// <summary>Receives the picture in a request.</summary>
    /// <param name="request">Its body is the picture, or a form that holds it.</param>
    /// <param name="memory">Where the bytes go.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="leaving">Cancelled when the one who asked has left.</param>
    /// <returns>The file; the caller disposes it.</returns>
    /// <exception cref="Refusal">There is none, it is of another kind, too large, or too slow, or there is no room.</exception>
    public static async Task<ReceivedFile> Receive(
        HttpRequest request, UploadMemory memory, ServerOptions options, CancellationToken leaving)
    {
        // A form has a few hundred bytes around the picture.
        if (request.ContentLength > options.MostBytes + 64 * 1024) throw TooLarge(options);
        var received = memory.Begin(ClientAddress.Of(request));
        try
        {
            await Receive(received, request, options, leaving);
            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    /// <summary>The pixels that a picture claims to have.</summary>
    /// <exception cref="Refusal">It is damaged, or claims too many pixels.</exception>
    public static long RequireSize(ReadOnlySpan<byte> bytes, long mostPixels)
    {
        try
        {
            const long Any = 1L << 50;
            var (width, height) = ImageCodec.ReadSize(bytes, Any);
            var pixels = (long)width * height;
            return pixels <= mostPixels ? pixels : throw new Refusal(413, $"The picture has {width:N0} x {height:N0} pixels; "
                + $"at most {mostPixels / 1_000_000:N0} megapixels are taken.");
        }
        catch (ImageFormatException e)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>Decodes a picture to an image, which takes its size.</summary>
    /// <exception cref="Refusal">It is damaged.</exception>
    public static void Decode(ReadOnlySpan<byte> bytes, long mostPixels, RgbImage picture)
    {
        try
        {
            ImageCodec.Decode(bytes, 1, picture, mostPixels);
        }
        catch (ImageFormatException e)
        {
            throw Unreadable(e);
        }
    }

    private static async Task Receive(
        ReceivedFile received, HttpRequest request, ServerOptions options, CancellationToken leaving)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        patience.CancelAfter(options.UploadTime);
        try
        {
            var body = await Picture(request, patience.Token);
            if (!await received.Receive(body, options.MostBytes, patience.Token)) throw TooLarge(options);
            if (received.Length == 0) throw new Refusal(400, $"There is no picture in the request; {Forms}.");
            if (!PictureStructure.HasKnownSignature(received.Start))
                throw new Refusal(415, "The file is not a JPEG, PNG, WebP, BMP or GIF picture.");
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            throw new Refusal(408, $"The picture took longer than {options.UploadTime.TotalSeconds:0} seconds to arrive.");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(options);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw new Refusal(400, "The form is damaged or incomplete.");
        }
    }

    private static async Task<Stream> Picture(HttpRequest request, CancellationToken leaving)
    {
        if (string.IsNullOrEmpty(request.ContentType)) return request.Body;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw new Refusal(415, $"The Content-Type cannot be read; {Forms}.");
        var kind = type.MediaType.Value ?? "";
        if (kind.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || kind.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)) return request.Body;
        if (!kind.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new Refusal(415, $"This is no picture by its Content-Type; {Forms}.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= LongestBoundary }) throw new Refusal(400, "The form has no usable boundary.");
        var form = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096 };
        return await FileOf(form, leaving);
    }

    private static async Task<Stream> FileOf(MultipartReader form, CancellationToken leaving)
    {
        for (var part = 0; part < MostParts && await form.ReadNextSectionAsync(leaving) is { } section; part++)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                && disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                && (disposition.FileName.HasValue || disposition.FileNameStar.HasValue))
                return section.Body;
        }
        throw new Refusal(400, $"The form holds no file; {Forms}.");
    }

    private static Refusal Unreadable(ImageFormatException e) => new(400, $"The picture cannot be read: {e.Message}.");

    private static Refusal TooLarge(ServerOptions options) =>
        new(413, $"The picture is larger than {options.MaxUploadMegabytes} MB; make it smaller.");
}
