using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary>
/// <c>simclr bench duplicates</c> and <c>simclr bench retrieval</c>: the search quality of a run's vectors, compared with
/// other vectors.
/// </summary>
internal static class BenchQualityCommands
{
    public static Command Duplicates()
    {
        var command = new PageCommand(
            "duplicates", "Measure how planted copies are found, by the encoder, random weights and raw pixels.")
        {
            Usage = ["RUN DATA [options]"],
            Examples = ["runs/cifar cifar10:data/cifar-10-batches-bin --plot duplicates.png"],
            Notes =
            [
                "Copies are re-encoded (JPEG, quality 50 to 90), cropped (2 to 15 % of each side) or brightened (by 10 to 30 %, "
                + "up or down); with --kinds also mirrored (left and right exchanged) and croppedto80 (to 80 % of the area).",
            ],
        };
        var options = new OptionSet<DuplicateQualityOptions>(command, new() { Run = "", Data = "" })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.Part, (o, v) => o with { Part = v }, "NAME", "train or test images of DATA")
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "at most so many originals; 0: all")
            .Add(o => o.Copies, (o, v) => o with { Copies = v }, "N", "planted copies of each kind")
            .Add(o => o.Kinds, (o, v) => o with { Kinds = v }, "LIST",
                "kinds of copies: reencoded, cropped, brightened, mirrored, croppedto80", shown: "reencoded,cropped,brightened",
                read: Kinds)
            .Add(o => o.Plot, (o, v) => o with { Plot = v }, "FILE.png", "draw precision over recall")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "decides which images are copied, and how");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) =>
                DuplicateQuality.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    public static Command Retrieval()
    {
        var command = new PageCommand(
            "retrieval", "Measure how many found images are of the right class, by the encoder, random weights and raw pixels.")
        {
            Usage = ["RUN DATA [options]"],
            Examples = ["runs/cifar cifar10:data/cifar-10-batches-bin --k 10"],
            Notes = ["Every test image is searched for among the training images."],
        };
        var options = new OptionSet<EvaluationRequest>(command, new() { Run = "", Data = "", K = 10 })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.K, (o, v) => o with { K = v }, "N", "how many are found for each image")
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "search at most so many training images; 0: all")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "of the untrained network, and of the choice of images");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) =>
                RetrievalQuality.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    private static IReadOnlyList<CopyKind> Kinds(ArgumentResult result)
    {
        var kinds = new List<CopyKind>();
        foreach (var name in ValueReader.Text(result).Split(','))
        {
            var found = Array.FindAll(Enum.GetValues<CopyKind>(),
                kind => $"{kind}".Equals(name, StringComparison.OrdinalIgnoreCase));
            if (found.Length == 0) result.AddError($"--kinds: there is no kind '{name}' of copies");
            kinds.AddRange(found);
        }
        return kinds;
    }

    private static void Show(Session session, DuplicateQuality quality)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        string[] headings = ["average precision", "recall at 99 %", "at 95 %", "at 90 %", "suggested", "precision", "recall"];
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var score in quality.Scores)
            table.AddRow(score.Name, Numbers.Percent(score.AveragePrecision), Numbers.Percent(score.RecallAt99),
                Numbers.Percent(score.RecallAt95), Numbers.Percent(score.RecallAt90),
                score.Suggested?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–", Numbers.Percent(score.Precision),
                Numbers.Percent(score.Recall));
        session.Results.WriteLine(
            $"{Numbers.Count(quality.Copies)} copies among {Numbers.Count(quality.Originals)} images of {quality.Data}");
        session.Results.Write(table);
        session.Results.Write(ByKind(quality));
    }

    private static Table ByKind(DuplicateQuality quality)
    {
        var scores = quality.Scores.Where(score => score.RecallByKind is not null).ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumn("recall at the suggested threshold");
        foreach (var kind in scores[0].RecallByKind!.Keys) table.AddColumn(new TableColumn(kind).RightAligned());
        foreach (var score in scores)
            table.AddRow([score.Name, .. score.RecallByKind!.Values.Select(share => Numbers.Percent(share))]);
        return table;
    }

    private static void Show(Session session, RetrievalQuality quality)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var score in quality.Scores) table.AddColumn(new TableColumn(score.Name).RightAligned());
        foreach (var name in quality.Scores[0].ByClass.Keys)
            table.AddRow([name, .. quality.Scores.Select(score => Numbers.Percent(score.ByClass[name]))]);
        table.AddRow(["all", .. quality.Scores.Select(score => Numbers.Percent(score.Precision))]);
        session.Results.WriteLine(
            $"Precision of the {quality.K} nearest of {Numbers.Count(quality.Bank)} images of {quality.Data}, "
            + $"for {Numbers.Count(quality.Queries)} queries");
        session.Results.Write(table);
    }
}
