using SimClr.Data;
using SimClr.Files;
using SimClr.Images;
using SimClr.Numerics;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>
/// Figure 6: intensities of several crops of an image, without and with color distortion. Nothing is trained. Crops of one
/// image have nearly the same histogram, by which a network could tell partners without looking at what they show; the
/// distortion takes that way out.
/// </summary>
public static class HistogramStudy
{
    /// <summary>Names the study on the command line.</summary>
    public const string Name = "histogram";

    private const string Title = "Intensities with and without color distortion", Source = "Figure 6";

    private const string Shows =
        "Each row is an image. Crops of one image have nearly the same histogram, by which a network could "
        + "tell partners without looking at what they show; color distortion takes that way out.";

    private const string Crops = "crop,flip", Distorted = "crop,flip,color,gray";
    private const int Max = 512, DrawnImages = 2, DrawnCrops = 4;

    /// <summary>Draws the figure and counts on up to 512 images how many crops are found by their histogram alone.</summary>
    /// <param name="data">DATA; its training part is used, without labels.</param>
    /// <param name="outFolder">A new folder, or one of this study, which is written anew.</param>
    /// <param name="options">Settings of the views, and the seed; the rest is ignored.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    /// <exception cref="DataException">The data cannot be used, or has less than two images that can be read.</exception>
    /// <exception cref="StudyException">The folder holds something else.</exception>
    public static HistogramResult Run(string data, string outFolder, StudyOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(outFolder);
        options = (options ?? new()).Validated();
        var settings = Settings(options);
        var images = DatasetSource.Open(data, settings.Model.DrawnSide).Train;
        var chosen = Choose(images, settings.Limit > 0 ? Math.Min(settings.Limit, Max) : Max, settings.Seed);
        var folder = Begin(outFolder);
        using var claim = folder.Claim();

        var (without, with) = (Found(chosen, Crops, settings), Found(chosen, Distorted, settings));
        var drawn = chosen.Take(DrawnImages).Select(image => (Views(image, Crops, settings, DrawnCrops).ToList(),
            Views(image, Distorted, settings, DrawnCrops).ToList())).ToList();
        AtomicFile.Write(folder.Plot(Name), HistogramsPlot.Png(drawn));
        var result = new HistogramResult(folder.Path, images.Name, chosen.Count, without, with);
        var record = result.ToJson();
        record["data"] = DatasetSource.Absolute(data);
        record["settings"] = settings.ToJson();
        record["version"] = RunConfig.CurrentVersion;
        AtomicFile.Write(folder.Record, record.ToJsonString(JsonText.Indented));
        AtomicFile.Write(folder.Report, Report(result));
        AtomicFile.Write(folder.Page, StudyPage.Html(Title, Source, Shows, folder.Plot(Name), Lines(result)));
        return result;
    }

    /// <summary>The figures in a sentence each.</summary>
    public static IEnumerable<string> Lines(HistogramResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        yield return $"{result.DataName}, {result.Images} images, two crops of each. The paper shows two of ImageNet.";
        yield return $"Crops whose nearest histogram is that of the image's other crop: "
            + $"{ReportText.Percent(result.FoundWithout)} without "
            + $"color distortion, {ReportText.Percent(result.FoundWith)} with it ({ReportText.Percent(result.Chance)} by "
            + "chance).";
    }

    private static PretrainingOptions Settings(StudyOptions options)
    {
        var preset = options.Preset == "" ? [] : Preset.Load(options.Preset).Settings;
        return PretrainingOptions.Compose(preset, options.File, options.Overrides) with
        {
            Seed = options.Seeds[0],
        };
    }

    private static StudyFolder Begin(string outFolder)
    {
        var folder = new StudyFolder(outFolder);
        if (File.Exists(folder.Record))
        {
            var name = StudyJson.Read(folder.Record, StudyException.Another, json => json["study"]?.ToString());
            if (name != Name) throw StudyException.OtherFolder(outFolder, $"holds the study {name}", $" for {Name}");
        }
        else if (Directory.Exists(outFolder) && Directory.EnumerateFileSystemEntries(outFolder).Any())
        {
            throw StudyException.OtherFolder(outFolder, "is not empty and holds no study");
        }
        Directory.CreateDirectory(outFolder);
        return folder;
    }

    private static List<(int Index, RgbImage Image)> Choose(IImageDataset images, int most, ulong seed)
    {
        // An unreadable one is passed over for another.
        var tries = RandomImages.Load(images, seed).Take(2 * most);
        List<(int, RgbImage)> chosen =
            [.. tries.Where(one => one.Image is not null).Take(most).Select(one => (one.Index, one.Image!))];
        return chosen.Count >= 2
            ? chosen
            : throw new DataException($"{images.Name} has less than two images that can be read; histograms are compared.");
    }

    private static double Found(List<(int Index, RgbImage Image)> chosen, string transforms, PretrainingOptions settings)
    {
        var views = chosen.ConvertAll(image => Views(image, transforms, settings, 2).Select(IntensityHistogram.Of).ToList());
        return IntensityHistogram.PairsFound([.. views.Select(view => view[0]), .. views.Select(view => view[1])]);
    }

    // The same crops under both policies: crops are drawn first.
    private static IEnumerable<RgbImage> Views(
        (int Index, RgbImage Image) chosen, string transforms, PretrainingOptions settings, int count)
    {
        var policy = TransformNames.Policy(transforms, settings.Views, settings.Model);
        for (var view = 0; view < count; view++)
        {
            var random = new CounterRandom(settings.Seed, epoch: 0, chosen.Index, view, DrawPurpose.View);
            var parameters = policy.Draw(chosen.Image.Width, chosen.Image.Height, ref random);
            yield return policy.RenderPreview(chosen.Image, parameters);
        }
    }

    private static string Report(HistogramResult result) => $"# {Title} ({Source} of the SimCLR paper)\n\n{Shows}\n\n"
        + $"![Histograms]({Name}.png)\n\n" + string.Concat(Lines(result).Select(line => $"- {line}\n"));
}
