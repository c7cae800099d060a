using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Files;
using SimClr.Runs;
using SimClr.Settings;
using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>The sentences of a report.</summary>
internal static class ReportWords
{
    /// <summary>The result in one line, and the figures to compare it with.</summary>
    public static (string Headline, string Detail) Headline(RunRecord record)
    {
        if (record.Config.IsImported) return ImportedHeadline(record);
        var name = DataSplits.NameOf(record.Config.DataName);
        if (record.Evaluations is not [var first, ..])
        {
            var state = !record.IsFinished ? "The run has not come to its end."
                : record.Classifiers.Count > 0 ? "What labels add is below."
                : record.Gallery is not null ? "It has not been measured; what it holds for alike is below."
                : "It has not been evaluated yet.";
            return ($"SimCLR on {name}",
                $"An encoder trained on {Count(record.Config.DataCount)} images {Labels(record)}. {state}");
        }
        var others = new List<string>();
        if (first.Baselines?.RandomEncoder is { } random) others.Add($"{Percent(random)} from the same encoder untrained");
        if (first.Baselines?.RawPixels is { } pixels) others.Add($"{Percent(pixels)} from raw pixels");
        var beside = others.Count > 0 ? $", beside {string.Join(" and ", others)}" : "";
        var other = first.MeasuredOn is { } on && on.Data != record.Config.Data ? $" from the images of {name}" : "";
        var without = record.Config.Options.Objective.Create().NeedsLabels ? "with labels" : "without a single label";
        return (Right(first),
            $"{Sentence(first)} on features that were learned{other} {without}{beside}.{Seen(first.MeasuredOn)}");
    }

    private static string Right(EvaluationResult result) =>
        $"{Percent(result.Top1)} right on {result.MeasuredOn?.Name ?? "data that were not recorded"}";

    /// <summary>A sentence behind a space where pretraining had seen what was judged, or may have.</summary>
    private static string Seen(EvaluatedData? data) =>
        data is null or { JudgedInPretraining: 0 } ? "" : $" {data.Pretraining("the judged images")}";

    /// <summary>Which images a figure is of, in sentences.</summary>
    public static string Data(EvaluatedData? data) => data?.ToString() ?? "Data not recorded.";

    private static (string Headline, string Detail) ImportedHeadline(RunRecord record)
    {
        var source = Path.GetFileName(record.Config.InitialWeights!.File);
        return record.Evaluations is [var first, ..]
            ? ($"{Right(first)} with the encoder of {source}",
                $"{Sentence(first)} on features of an imported encoder.")
            : ($"The encoder of {source}", "It was trained elsewhere, and has not been evaluated here yet.");
    }

    /// <summary>The name of a protocol, and its data.</summary>
    public static string Protocol(EvaluationResult result)
    {
        var protocol = result.Protocol switch
        {
            "linear" => "Linear classifier on frozen features",
            "linear-sgd" => "Linear classifier on frozen features, by gradient descent on crops",
            "knn" => result.K is { } k ? $"Vote of the {k} nearest training images" : "Vote of the nearest training images",
            var other => other,
        };
        if (result.Layer > 0) protocol += $", layer {result.Layer} of the projection head";
        return result.UseViews is { } views ? $"{protocol}, means over {views} views of each image" : protocol;
    }

    /// <summary>The kind of training, and the number of labels.</summary>
    public static string Protocol(FineTuningResult result)
    {
        var labels =
            FormattableString.Invariant($"{result.Labels:#,0} labels ({100 * result.Fraction:0.##} %), seed {result.Seed}");
        if (result.Protocol != "finetune") return $"Trained from scratch with {labels}";
        var layer = result.Layer > 0 ? $" as far as layer {result.Layer} of the projection head" : "";
        return $"All layers{layer} trained further with {labels}";
    }

    /// <summary>The method, for readers who do not know it.</summary>
    public static IEnumerable<string> Story(RunRecord record)
    {
        if (record.Config is { IsImported: true, InitialWeights: { } origin })
        {
            yield return $"The encoder ({Encoder(record.Config.Options.Model)}) was trained "
                + $"elsewhere and imported from {origin.File} (SHA-256 {origin.Sha256}).";
            yield return "For the evaluations it was frozen: a simple classifier learned from its features of the training "
                + "part and was judged on the test part.";
            yield break;
        }
        var options = record.Config.Options;
        var others = options.ViewsPerStep - 1;
        var supervised = options.Objective.Create().NeedsLabels;
        yield return $"In every step {options.BatchSize} images were distorted {Times(options.Views.All)} at random, "
            + $"which gives {options.ViewsPerStep} views{Sides(options)} pixels. "
            + $"An encoder ({Encoder(options.Model)}) turns each view into a vector, and it was trained so that two views "
            + $"of one {(supervised ? "class" : "image")} come to lie close together and apart from all the rest. "
            + (supervised ? "The images' labels were used." : "No label was used.");
        var chance = record.ChanceLoss is { } level
            ? $" An encoder to which all look alike scores {level:0.000}; lower"
            : " Lower";
        if (options.Objective.Loss == ObjectiveKind.NtXent)
            yield return $"The loss is the difficulty of naming a view’s partner among the {others} other views.{chance} means "
                + "that it sees what stays the same under crops and changed colors, which is mostly what is in the image.";
        if (record.Summary?.AveragedWeights is { } averaged)
            yield return $"The weights of the finished encoder are {averaged.Words}.";
        if (record.Summary?.Adaptation is { } adaptation)
            yield return $"It began with an encoder that was trained before, and the two were compared: {adaptation.Words}.";
        var outlook = string.Join(' ', OutlookWords.Of(RunOutlook.Of(record.Metrics, options)));
        if (record.Summary is not null && outlook != "") yield return outlook;
        if (record.Evaluations.Count == 0) yield break;
        yield return "To find out what that is worth, the encoder was frozen"
            + (supervised ? ": a simple classifier " : ". Only then did labels come in: a simple classifier ")
            + "learned from the features of the training part and was judged on the test part." + Baselines(record);
    }

    private static string Sides(PretrainingOptions options)
    {
        var sizes = options.Model.ImageSize;
        var sides = Square(sizes.Stages[0].Side)
            + (sizes.IsConstant ? "" : $" at first and {Square(sizes.Last)} at the end");
        var (large, small) = (options.Views.Views * options.BatchSize, options.Views.SmallViews * options.BatchSize);
        var smallSide = options.Views.SmallSide(options.Model);
        return small == 0 ? $" of {sides}" : $": {small} of {Square(smallSide)} and {large} of {sides}";

        static string Square(int side) => $"{side} x {side}";
    }

    private static string Times(int views) => views == 2 ? "twice" : $"{views} times";

    /// <summary>A sentence behind a space about the baselines that were measured; nothing where there are none.</summary>
    private static string Baselines(RunRecord record)
    {
        var measured = record.Evaluations.Select(result => result.Baselines).OfType<EvaluationBaselines>().ToList();
        var others = new List<string>();
        if (measured.Any(baselines => baselines.RandomEncoder is not null)) others.Add("an encoder that was never trained");
        if (measured.Any(baselines => baselines.RawPixels is not null)) others.Add("the bare pixels");
        if (others.Count == 0) return "";
        var them = others.Count > 1 ? "them" : "that";
        return $" The same was done with {string.Join(" and with ", others)}; what SimCLR has above {them} is what it learned.";
    }

    /// <summary>Commands that repeat the run.</summary>
    public static IEnumerable<string> Commands(RunRecord record)
    {
        var data = record.Config.IsImported ? "DATA" : ShellText.Quoted(record.Config.Data);
        var run = ShellText.Quoted(record.Folder.Path.TrimEnd('/'));
        yield return record.Config is { IsImported: true, InitialWeights: { } origin }
            ? $"simclr import {ShellText.Quoted(origin.File)} --out again"
            : $"simclr pretrain {data} --out again --config {run}/config.json";
        foreach (var result in record.Evaluations)
            yield return $"simclr evaluate {Command(result.Protocol)} again {DataOf(result.MeasuredOn)}"
                + (result.K is { } k ? $" --k {k}" : "") + (result.Layer > 0 ? $" --layer {result.Layer}" : "")
                + (result.UseViews is { } views ? $" --use-views {views}" : "")
                + (result.MeasuredOn?.Learned is { } learned && learned.Count < learned.Total ? $" --limit {learned.Count}" : "");
        foreach (var result in record.Classifiers)
            yield return $"simclr evaluate {result.Protocol} again {DataOf(result.MeasuredOn)}" + Labels(result)
                + (result.Layer > 0 ? $" --layer {result.Layer}" : "");
        if (record.Gallery is { MeasuredOn: var shown }
            && !record.Evaluations.Any(result => result.MeasuredOn?.Data == shown.Data))
            yield return $"simclr evaluate gallery again {DataOf(shown)}";
    }

    // Results of earlier versions do not say.
    private static string DataOf(EvaluatedData? data) => data is { Data: not "" } ? ShellText.Quoted(data.Data) : "DATA";

    private static string Command(string protocol) => protocol == "linear-sgd" ? "linear --solver sgd" : protocol;

    private static string Labels(RunRecord record) =>
        record.Config.Options.Objective.Create().NeedsLabels ? "and their labels" : "without their labels";

    private static string Labels(FineTuningResult result) => result.LabelsFile is { } file
        ? $" --labels {ShellText.Quoted(file)}"
        : "";

    private static string Sentence(EvaluationResult result) => result.Protocol switch
    {
        "linear" or "linear-sgd" => "Top-1 accuracy of a linear classifier",
        "knn" => "Top-1 accuracy of nearest neighbors",
        _ => "Top-1 accuracy",
    };

    private static string Encoder(ModelOptions model) => model.ToResNet().Name
        + (model.Width == 1 ? "" : FormattableString.Invariant($", {model.Width} times its usual width"));
}
