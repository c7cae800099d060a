using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using SimClr.Features;
using SimClr.Files;
using SimClr.Models;
using static TorchSharp.torch;

namespace SimClr.Search;

/// <summary>
/// An index in a file: safetensors with <c>vectors</c> (<c>[n, d]</c> float32, rows of length 1) and <c>pictures</c> (JSON in
/// UTF-8, as bytes); the origin is in the metadata. Where vectors are means over several views, their number is there too, and
/// the format has another number: programs that know nothing of means would embed queries otherwise, and refuse the file.
/// Writing replaces a file at once, so that an interrupted update leaves the previous index as it was.
/// </summary>
public static class IndexFile
{
    private const string Format = "simclr-index-1", FormatOfMeans = "simclr-index-2";

    /// <summary>Writes an index.</summary>
    /// <exception cref="EmbeddingException">
    /// The file cannot be written, or another process is writing it; the one before is still there.
    /// </exception>
    public static void Write(string path, ImageIndex index)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(index);
        using var file = Begin(path, 0);
        Write(file, index);
    }

    /// <summary>
    /// Begins a file, before the work whose result it takes; until it is finished, no other process may write it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="vectorBytes">The maximum size of its vectors, or 0 where it is not known.</param>
    /// <exception cref="EmbeddingException">It cannot be written, or another process is writing it.</exception>
    internal static AtomicFile Begin(string path, long vectorBytes)
    {
        try
        {
            return AtomicFile.Create(path, vectorBytes);
        }
        catch (IOException e)
        {
            throw new EmbeddingException(e.Message, e);
        }
    }

    /// <summary>Writes an index to a file that was begun, and completes it.</summary>
    /// <exception cref="EmbeddingException">As for a path.</exception>
    internal static void Write(AtomicFile file, ImageIndex index)
    {
        var origin = index.Origin;
        if (!origin.IsKept) throw new EmbeddingException("No index keeps vectors of images both ways round.");
        using var scope = NewDisposeScope();
        var vectors = empty(index.Images.Count, origin.Dimension, float32); // [n, d]
        if (index.Images.Count > 0) index.Vectors.CopyTo(MemoryMarshal.Cast<byte, float>(vectors.bytes));
        var json = JsonSerializer.SerializeToUtf8Bytes(index.Images);
        var images = empty(json.Length, uint8);
        json.CopyTo(images.bytes);
        try
        {
            var metadata = new Dictionary<string, string>
            {
                ["format"] = origin.UseViews == 1 ? Format : FormatOfMeans,
                ["run"] = origin.Run,
                ["encoder_sha256"] = origin.EncoderSha256,
                ["layer"] = origin.Layer.ToString(CultureInfo.InvariantCulture),
                ["image_size"] = origin.ImageSize.ToString(CultureInfo.InvariantCulture),
                ["preprocessing"] = origin.Preprocessing.ToString(CultureInfo.InvariantCulture),
            };
            if (origin.UseViews != 1) metadata["use_views"] = origin.UseViews.ToString(CultureInfo.InvariantCulture);
            SafeTensors.Write(file, [("vectors", vectors), ("pictures", images)], metadata);
        }
        catch (WeightsException e)
        {
            throw new EmbeddingException($"The index cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads an index.</summary>
    /// <exception cref="EmbeddingException">There is none there, or the file is damaged or something else.</exception>
    public static ImageIndex Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (ConnectionWords.AreIn(path)) throw new EmbeddingException($"For an index, {ConnectionWords.Refusal}.");
        if (!File.Exists(path)) throw NoIndex($"There is no index {path}", path);
        try
        {
            using var scope = NewDisposeScope();
            using var file = SafeTensors.Read(path);
            var format = file.Metadata.GetValueOrDefault("format");
            if (format is not (Format or FormatOfMeans))
                throw NoIndex($"{path} is not an index", path);
            if (file.DType("vectors") != float32 || file.Shape("vectors") is not [var n, var d]
                || file.DType("pictures") != uint8)
                throw new EmbeddingException($"{path} is damaged; its tensors are not those of an index.") { File = path };
            var images = JsonSerializer.Deserialize<IndexedImage[]>(file.Get("pictures").bytes) ?? [];
            if (!IndexOrigin.IsUsable(file.Metadata["run"]))
                throw new EmbeddingException($"{path} is damaged; the run that it names is no full path on this machine.")
                {
                    File = path,
                };
            var origin = new IndexOrigin(file.Metadata["run"], file.Metadata["encoder_sha256"],
                Number(file, "layer"), Number(file, "image_size"), checked((int)d))
            {
                Preprocessing = file.Metadata.ContainsKey("preprocessing") ? Number(file, "preprocessing") : 1,
                UseViews = format == FormatOfMeans ? Number(file, "use_views") : 1,
            };
            if (images.Any(image => image is not { Image.Length: > 0, Stamp: not null }
                || image.Image.Contains('\0', StringComparison.Ordinal)))
                throw new EmbeddingException($"{path} is damaged; an image has no name that a file could have.") { File = path };
            if (images.Length != n)
                throw new EmbeddingException($"{path} is damaged; it names {images.Length} images and holds {n} vectors.")
                {
                    File = path,
                };
            return ImageIndex.Reading(origin, images,
                vectors => file.Read("vectors", MemoryMarshal.AsBytes(vectors)));
        }
        catch (Exception e) when (e is WeightsException or JsonException or KeyNotFoundException or FormatException
            or OverflowException)
        {
            throw new EmbeddingException($"{path} is damaged: {e.Message}", e) { File = path };
        }
    }

    private static EmbeddingException NoIndex(string what, string path)
    {
        const string Maker = $"{nameof(FileImageIndex)}.{nameof(FileImageIndex.Update)}";
        return new($"{what}; {Maker} makes one.") { File = path, Named = [Maker] };
    }

    private static int Number(SafeTensorsFile file, string name) =>
        int.Parse(file.Metadata[name], NumberStyles.None, CultureInfo.InvariantCulture);
}
