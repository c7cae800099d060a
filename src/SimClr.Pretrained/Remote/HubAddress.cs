using System.Text.RegularExpressions;

namespace SimClr.Pretrained;

/// <summary>
/// A weights file on a Hugging Face hub: <c>hf:OWNER/NAME</c>, with <c>@REVISION</c> and <c>:FILE</c> where wanted.
/// </summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Name">The model.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
/// <param name="File">The file in it, with slashes; null: the one that there is.</param>
public sealed partial record HubAddress(string Owner, string Name, string Revision, string? File)
{
    /// <summary>What an address begins with.</summary>
    public const string Scheme = "hf:";

    /// <summary>Reads an address.</summary>
    /// <exception cref="PretrainedException">It is none.</exception>
    public static HubAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = Form().Match(text);
        if (!parts.Success || text.Contains("..", StringComparison.Ordinal))
            throw new PretrainedException(
                $"'{text}' is no address of a model: hf:OWNER/NAME, or hf:OWNER/NAME@REVISION:FILE with a commit and a file.");
        return new(parts.Groups["owner"].Value, parts.Groups["name"].Value,
            parts.Groups["revision"] is { Success: true } revision ? revision.Value : "main",
            parts.Groups["file"] is { Success: true } file ? file.Value : null);
    }

    /// <summary>Owner and name, as the hub writes them.</summary>
    public string Model => $"{Owner}/{Name}";

    [GeneratedRegex(
        @"^hf:(?<owner>\w[\w.-]{0,95})/(?<name>\w[\w.-]{0,95})(@(?<revision>\w[\w./-]{0,127}))?(:(?<file>\w[\w./ -]{0,255}))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
