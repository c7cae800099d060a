using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SimClr.Images;

namespace SimClr.AspNetCore;

/// <summary>An image in a request: its bytes within bounds, then its pixels. A name that comes with it is not read.</summary>
internal static class Upload
{
    private const string Forms = "send the bytes of an image as image/* or application/octet-stream, or a form with one file "
        + "as multipart/form-data";

    private const int MaxParts = 8, LongestBoundary = 100;

    /// <summary>Receives the image in a request.</summary>
    /// <param name="request">Its body is the image, or a form that holds it.</param>
    /// <param name="memory">Where the bytes go.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="cancellationToken">Cancelled when the one who asked has left.</param>
    /// <returns>The file; the caller disposes it.</returns>
    /// <exception cref="RequestRefusedException">There is none, it is of another kind, too large, or too slow, or there is no
    /// room.</exception>
    public static async Task<ReceivedFile> Receive(
        HttpRequest request, UploadMemory memory, ServerOptions options, CancellationToken cancellationToken)
    {
        // A form has a few hundred bytes around the image.
        if (request.ContentLength > options.MaxBytes + 64 * 1024) throw TooLarge(options);
        var received = memory.Begin(ClientAddress.Of(request));
        try
        {
            await Receive(received, request, options, cancellationToken);
            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    /// <summary>The pixels that an image claims to have.</summary>
    /// <exception cref="RequestRefusedException">It is damaged, or claims too many pixels.</exception>
    public static long RequireSize(ReadOnlySpan<byte> bytes, long mostPixels)
    {
        try
        {
            const long Any = 1L << 50;
            var (width, height) = ImageCodec.ReadSize(bytes, Any);
            var pixels = (long)width * height;
            return pixels <= mostPixels
                ? pixels
                : throw new RequestRefusedException(413, $"The image has {width:N0} x {height:N0} pixels; "
                + $"at most {mostPixels / 1_000_000:N0} megapixels are taken.");
        }
        catch (ImageFormatException e)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>Decodes an image to an image, which takes its size.</summary>
    /// <exception cref="RequestRefusedException">It is damaged.</exception>
    public static void Decode(ReadOnlySpan<byte> bytes, long mostPixels, RgbImage image)
    {
        try
        {
            ImageCodec.Decode(bytes, 1, image, mostPixels);
        }
        catch (ImageFormatException e)
        {
            throw Unreadable(e);
        }
    }

    private static async Task Receive(
        ReceivedFile received, HttpRequest request, ServerOptions options, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.UploadTime);
        try
        {
            var body = await Image(request, patience.Token);
            if (!await received.Receive(body, options.MaxBytes, patience.Token)) throw TooLarge(options);
            if (received.Length == 0) throw new RequestRefusedException(400, $"There is no image in the request; {Forms}.");
            if (!ImageStructure.HasKnownSignature(received.Start))
                throw new RequestRefusedException(415, "The file is not a JPEG, PNG, WebP, BMP or GIF image.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RequestRefusedException(408,
                $"The image took longer than {options.UploadTime.TotalSeconds:0} seconds to arrive.");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(options);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw new RequestRefusedException(400, "The form is damaged or incomplete.");
        }
    }

    private static async Task<Stream> Image(HttpRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.ContentType)) return request.Body;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw new RequestRefusedException(415, $"The Content-Type cannot be read; {Forms}.");
        var kind = type.MediaType.Value ?? "";
        if (kind.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || kind.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)) return request.Body;
        if (!kind.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new RequestRefusedException(415, $"This is no image by its Content-Type; {Forms}.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= LongestBoundary })
            throw new RequestRefusedException(400, "The form has no usable boundary.");
        var form = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096 };
        return await FileOf(form, cancellationToken);
    }

    private static async Task<Stream> FileOf(MultipartReader form, CancellationToken cancellationToken)
    {
        for (var part = 0; part < MaxParts && await form.ReadNextSectionAsync(cancellationToken) is { } section; part++)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                && disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                && (disposition.FileName.HasValue || disposition.FileNameStar.HasValue))
                return section.Body;
        }
        throw new RequestRefusedException(400, $"The form holds no file; {Forms}.");
    }

    private static RequestRefusedException Unreadable(ImageFormatException e) =>
        new(400, $"The image cannot be read: {e.Message}.");

    private static RequestRefusedException TooLarge(ServerOptions options) =>
        new(413, $"The image is larger than {options.MaxUploadMegabytes} MB; make it smaller.");
}
