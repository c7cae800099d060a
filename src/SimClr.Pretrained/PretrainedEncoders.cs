using SimClr.Models;
using SimClr.Runs;

namespace SimClr.Pretrained;

/// <summary>
/// Encoders to begin with. None comes along with this library: one is fetched from the user's own NuGet sources when it is asked
/// for, and kept in the <see cref="EncoderCache"/>.
/// </summary>
public static class PretrainedEncoders
{
    /// <summary>
    /// ResNet-18 with a third block in its last stage, trained on ImageNet by CNTK, as
    /// <c>Microsoft.ML.DnnImageFeaturizer.ResNet18</c> brings it. It takes blue, green and red of 224 px, less the mean image of
    /// that package, here less the image's mean color.
    /// </summary>
    public static PretrainedEncoder ImageNetResNet18 { get; } = new()
    {
        Name = "imagenet-resnet18",
        Description = "ResNet-18 trained on ImageNet, from ML.NET's image featurizer",
        Package = "Microsoft.ML.DnnImageFeaturizer.ResNet18",
        Version = "0.23.1",
        File = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx",
        Sha256 = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f",
        Bytes = 63_653_533,
        License = "MIT",
        Import = new ImportOptions
        {
            Input = new NetworkInput { Mean = new(123.1516f, 115.9029f, 103.0626f), IsBlueFirst = true },
        },
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PretrainedEncoder> Known { get; } = [ImageNetResNet18];

    /// <summary>The encoder of a name, or null.</summary>
    public static PretrainedEncoder? Find(string name) => Known.FirstOrDefault(encoder => encoder.Name == name);

    /// <summary>The run folder of an encoder; fetched if it is not kept yet.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="progress">Is told in words what is done, license included; null for nobody.</param>
    /// <param name="cancellation">Stops it; nothing is kept then.</param>
    /// <returns>The run folder, to be given wherever a run is.</returns>
    /// <exception cref="PretrainedException">
    /// No source of the user has the package, it is not the one that is known here, or there is no place for it.
    /// </exception>
    public static async Task<string> GetAsync(
        PretrainedEncoder encoder, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var place = EncoderCache.PlaceOf(encoder.Name);
        if (!EncoderCache.Has(encoder.Name))
            await FetchAsync(encoder, place, Directory.GetCurrentDirectory(), progress, cancellation).ConfigureAwait(false);
        return place;
    }

    /// <summary>Fetches an encoder to a place, whole or not at all.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="place">The run folder to make.</param>
    /// <param name="project">Where the search for <c>nuget.config</c> begins; it goes upward and ends with the user's.</param>
    /// <param name="progress">Is told what is done.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static async Task FetchAsync(PretrainedEncoder encoder, string place, string project, IProgress<string>? progress,
        CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(place)!;
        var aside = Path.Combine(folder, $".{encoder.Name}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(aside);
            var package = new NuGetPackage(encoder, aside);
            await package.ExtractAsync(project, progress, cancellation).ConfigureAwait(false);
            progress?.Report($"importing {encoder.Name}");
            var run = Path.Combine(aside, "run");
            RunWeights.Import(package.Network, run, encoder.Import with { Source = encoder.Source, License = encoder.License });
            foreach (var notice in package.Notices) File.Move(notice, Path.Combine(run, Path.GetFileName(notice)));
            Keep(run, place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PretrainedException($"{encoder.Name} cannot be kept in {folder}: {e.Message}; "
                + $"{EncoderCache.Variable} can name another folder.", e);
        }
        finally
        {
            if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>Moves a finished folder to its place, unless another process was faster.</summary>
    private static void Keep(string run, string place)
    {
        try
        {
            Directory.Move(run, place);
        }
        catch (IOException) when (File.Exists(Path.Combine(place, "config.json")))
        {
            // It is there, made by the other one.
        }
    }
}
