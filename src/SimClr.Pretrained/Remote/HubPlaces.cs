namespace SimClr.Pretrained;

/// <summary>
/// Where a Hugging Face hub is and where this user keeps what came from it, by the environment variables of Hugging Face's own
/// programs, so that a file that one of them has fetched is not fetched again.
/// </summary>
/// <param name="Endpoint">The hub (<c>HF_ENDPOINT</c>).</param>
/// <param name="Cache">The folder (<c>HF_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c>).</param>
/// <param name="Token">The secret for private models (<c>HF_TOKEN</c>, or <c>token</c> in <c>HF_HOME</c>), or null.</param>
/// <param name="IsOffline">Whether the hub may not be asked (<c>HF_HUB_OFFLINE</c>).</param>
internal sealed record HubPlaces(Uri Endpoint, string Cache, string? Token, bool IsOffline)
{
    /// <summary>Reads the environment.</summary>
    /// <param name="variable">The value of a variable, or null.</param>
    /// <exception cref="PretrainedException"><c>HF_ENDPOINT</c> is no address.</exception>
    public static HubPlaces Of(Func<string, string?> variable)
    {
        string? Said(string name) => variable(name) is { Length: > 0 } value ? value : null;
        var home = Said("HF_HOME") ?? Path.Combine(Said("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "huggingface");
        var said = Said("HF_ENDPOINT") ?? "https://huggingface.co";
        if (!Uri.TryCreate(said.TrimEnd('/') + "/", UriKind.Absolute, out var endpoint)
            || endpoint.Scheme is not ("https" or "http"))
            throw new PretrainedException($"HF_ENDPOINT is '{said}', which is no address of a hub.");
        var kept = Path.Combine(home, "token");
        var token = Said("HF_TOKEN") ?? (File.Exists(kept) ? File.ReadAllText(kept).Trim() : null);
        return new(endpoint, Said("HF_HUB_CACHE") ?? Path.Combine(home, "hub"), token is { Length: > 0 } ? token : null,
            Said("HF_HUB_OFFLINE") is { } off && off.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE");
    }

    /// <summary>The folder of a model.</summary>
    public string FolderOf(HubAddress address) => Path.Combine(Cache, $"models--{address.Owner}--{address.Name}");

    /// <summary>The commit that a revision was when it was last fetched; null where it never was.</summary>
    public string? CommitOf(HubAddress address)
    {
        if (IsCommit(address.Revision)) return address.Revision;
        var reference = Path.Combine(FolderOf(address), "refs", address.Revision);
        return File.Exists(reference) && File.ReadAllText(reference).Trim() is var commit && IsCommit(commit) ? commit : null;
    }

    /// <summary>Whether a revision names a commit, which never changes.</summary>
    public static bool IsCommit(string revision) => revision.Length == 40 && revision.All(char.IsAsciiHexDigitLower);
}
