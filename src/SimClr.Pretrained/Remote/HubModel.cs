using System.Globalization;
using System.Text.Json;

namespace SimClr.Pretrained;

/// <summary>What a hub says of a model at one commit.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="License">The license, as the model's card names it; null where it names none.</param>
/// <param name="Files">Its files.</param>
internal sealed record HubModel(string Commit, string? License, IReadOnlyList<HubModel.Entry> Files)
{
    private const string Weights = ".safetensors";

    /// <summary>A file of a model.</summary>
    /// <param name="Name">Its name, with slashes.</param>
    /// <param name="Bytes">Its size; null where the hub does not say.</param>
    /// <param name="Key">The name under which it is kept: its SHA-256 where it is a large one, else git's hash.</param>
    /// <param name="Sha256">Its SHA-256 where the hub says it.</param>
    internal sealed record Entry(string Name, long? Bytes, string Key, string? Sha256);

    /// <summary>Reads an answer of the hub.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static HubModel Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        try
        {
            var files = root.GetProperty("siblings").EnumerateArray().Select(file =>
            {
                var large = Member(file, "lfs");
                var sha256 = Text(Member(large, "sha256"));
                var size = Member(file, "size") ?? Member(large, "size");
                return new Entry(Text(Member(file, "rfilename")) ?? "",
                    size is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var bytes) ? bytes : null,
                    sha256 ?? Text(Member(file, "blobId")) ?? "", sha256);
            }).Where(file => IsName(file.Name)).ToList();
            var commit = Text(Member(root, "sha"));
            if (commit is null || !HubPlaces.IsCommit(commit)) throw new JsonException("it names no commit");
            if (files.Any(file => !IsKey(file.Key))) throw new JsonException("a file has no hash");
            return new(commit, Text(Member(Member(root, "cardData"), "license")), files);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new JsonException("it is not what a hub says of a model", e);
        }
    }

    /// <summary>The file with the weights.</summary>
    /// <param name="address">Names it, or leaves it to this.</param>
    /// <exception cref="PretrainedException">There is none, or there are several.</exception>
    public Entry WeightsOf(HubAddress address)
    {
        if (address.File is { } named)
            return Files.FirstOrDefault(file => file.Name == named)
                ?? throw new PretrainedException($"{address.Model} has no {named}; there are {Listed(Files)}.");
        var found = Files.Where(file => file.Name.EndsWith(Weights, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.FirstOrDefault(file => file.Name == "model" + Weights) ?? (found.Count == 1 ? found[0]
            : throw new PretrainedException(found.Count == 0
                ? $"{address.Model} has no {Weights} file; there are {Listed(Files)}."
                : $"{address.Model} has several networks; name one: {HubAddress.Scheme}{address.Model}:FILE, with FILE one of "
                + $"{Listed(found)}."));
    }

    private static string Listed(IReadOnlyList<Entry> files)
    {
        const int most = 8;
        var names = string.Join(", ", files.Take(most).Select(file => file.Name));
        return files.Count <= most
            ? names
            : string.Create(CultureInfo.InvariantCulture, $"{names} and {files.Count - most} more");
    }

    // It becomes a place in the cache, and must not lead out of it.
    private static bool IsName(string name) => name != ""
        && name.Split('/').All(part => part is not ("" or "." or "..") && part.IndexOfAny(['\\', ':', '\0']) < 0);

    // It becomes a file's name.
    private static bool IsKey(string key) => key.Length is >= 40 and <= 64 && key.All(char.IsAsciiHexDigitLower);

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } words ? words : null;
}
