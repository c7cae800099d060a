using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Classification;
using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Files;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr classify CLASSIFIER IMAGE…</c>.</summary>
internal static class ClassifyCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["CLASSIFIER IMAGE... [options]"],
            Examples = ["parts.safetensors new.jpg --top 3", "parts.safetensors ~/incoming --out classes.csv"],
            Notes =
            [
                "Probabilities are calibrated on labeled images: of those at 80 %, about four of five are right, as long as "
                + "new images are of the same kind. An image of something else altogether gets the least unlikely class too.",
            ],
        };
        var file = command.Take(new Argument<string>("CLASSIFIER") { Description = "a file that train-classifier made" });
        var images = command.Take(new Argument<string[]>("IMAGE")
        {
            Description = "image files, folders of them (with all sub-folders), or other DATA",
            Arity = ArgumentArity.OneOrMore,
        });
        var top = command.Take(new ValueOption<int>(
            "--top", "K", "classes to name for each image, the most likely first", 1, ValueReader.AtLeast(1)));
        var destination = command.Take(new ValueOption<string?>(
            "--out", "FILE.csv", "write them to a file, a line for each image, instead of showing them"));
        var use = ClassifierUse.AddTo(command, IShownOption.Ungrouped);
        return command.Does((session, parsed) =>
        {
            using var classifier = ImageClassifier.Open(parsed.GetValue(file)!, use.Read(parsed));
            var work = new Work(session, classifier, Math.Min(parsed.GetValue(top), classifier.ClassNames.Count));
            return work.Run(Datasets(parsed.GetValue(images)!, classifier.ImageSize), parsed.GetValue(destination));
        });
    }

    /// <summary>Files and folders are one dataset, in the order given; other DATA follow.</summary>
    private static List<IImageDataset> Datasets(string[] words, int imageSize)
    {
        var isOther = words.ToLookup(word => !Path.Exists(word)
            && (word == "shapes" || word.StartsWith("shapes:", StringComparison.Ordinal)
            || word.StartsWith("cifar10:", StringComparison.Ordinal) || word.StartsWith("folder:", StringComparison.Ordinal)));
        var all = new List<IImageDataset>();
        if (isOther[false].Any()) all.Add(ImageFolder.Gather(isOther[false]));
        foreach (var word in isOther[true]) all.AddRange(EmbedCommand.ImagesOf(word, "all", imageSize));
        return all;
    }

    private sealed class Work(Session session, ImageClassifier classifier, int top)
    {
        private readonly Dictionary<string, int> _counts = classifier.ClassNames.ToDictionary(name => name, _ => 0);
        private readonly JsonArray _shown = [];

        public int Run(List<IImageDataset> datasets, string? path)
        {
            using var file = path is null ? null : ProbabilityFile.Create(path, top);
            var total = datasets.Sum(images => images.Count);
            if (file is null) Classify(datasets, file);
            else StageProgress.Run(session, stage =>
            {
                stage.Report($"classifying {Numbers.Count(total)} images");
                Classify(datasets, file);
                return true;
            });
            file?.Finish();
            var count = _counts.Values.Sum();
            session.NoteUnreadable(total - count);
            if (file is not null) session.Results.WriteLine($"{path}: {Numbers.Count(count)} images.");
            session.WriteJson(new JsonObject
            {
                ["file"] = path,
                ["count"] = count,
                ["unreadable_pictures"] = total - count,
                ["counts"] = new JsonObject(_counts.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
                ["pictures"] = file is null ? _shown : null,
            }.ToJsonString());
            return ExitCode.Done;
        }

        private void Classify(List<IImageDataset> datasets, ProbabilityFile? file)
        {
            foreach (var images in datasets)
                foreach (var (index, classes) in classifier.Classify(images, session.Logger, session.Cancellation))
                {
                    _counts[classes[0].ClassName]++;
                    var best = classes.Take(top).ToList();
                    if (file is not null) file.Add(images.Describe(index), best);
                    else Show(images.Describe(index), best);
                }
        }

        private void Show(string image, List<ClassProbability> best)
        {
            if (session.IsJson)
            {
                _shown.Add(new JsonObject
                {
                    ["picture"] = image,
                    ["classes"] = new JsonArray([.. best.Select(one => new JsonObject
                    {
                        ["class"] = one.ClassName, ["probability"] = one.Probability,
                    })]),
                });
                return;
            }
            var words = best.Select(one => $"{one.ClassName} {Numbers.Percent(one.Probability)}");
            Console.WriteLine(PlainText.Of($"{image}: {string.Join(", ", words)}")); // as they come, never folded
        }
    }
}
