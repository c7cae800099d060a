using System.CommandLine;
using System.Globalization;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Measuring;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench duplicates</c> and <c>simclr bench retrieval</c>: what a run's vectors find, beside other vectors.</summary>
internal static class BenchQualityCommands
{
    public static Command Duplicates()
    {
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var part = new ValueOption("--part", "NAME", "train or test pictures of DATA") { Default = "test" };
        var limit = new ValueOption("--limit", "N", "at most so many originals; 0: all") { Default = "0" };
        var copies = new ValueOption("--copies", "N", "planted copies of each kind") { Default = "1000" };
        var kinds = new ValueOption("--kinds", "LIST", "kinds of copies: reencoded, cropped, brightened, mirrored, croppedto80")
        {
            Default = "reencoded,cropped,brightened",
        };
        var plot = new ValueOption("--plot", "FILE.png", "draw precision over recall");
        var seed = new ValueOption("--seed", "N", "decides which pictures are copied, and how") { Default = "1" };
        var command = new Command("duplicates", "Measure how planted copies are found, by the encoder, random weights and raw pixels.")
        {
            run, data, part, limit, copies, kinds, plot, seed,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"], ["runs/cifar cifar10:data/cifar-10-batches-bin --plot duplicates.png"],
            "Copies are re-encoded (JPEG, quality 50 to 90), cropped (2 to 15 % of each side) or brightened (by 10 to 30 %, up or down); "
            + "with --kinds also mirrored (left and right exchanged) and croppedto80 (to 80 % of the area).");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new DuplicateQualityOptions
            {
                Run = parsed.GetValue(run)!,
                Data = parsed.GetValue(data)!,
                Part = part.Text(parsed) ?? "test",
                Limit = limit.Whole(parsed, 0),
                Copies = copies.Whole(parsed, 1000),
                Kinds = [.. (kinds.Text(parsed) ?? kinds.Default).Split(',').Select(KindOf)],
                Plot = plot.Text(parsed),
                Seed = seed.Seed(parsed, 1),
            };
            return BenchCommand.Measured(session, (stage, cancellation) => DuplicateQuality.Measure(options, stage, cancellation), Show);
        });
        return command;
    }

    private static CopyKind KindOf(string name) => Enum.GetValues<CopyKind>().Cast<CopyKind?>()
        .FirstOrDefault(kind => $"{kind}".Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"--kinds: there is no kind '{name}' of copies");

    public static Command Retrieval()
    {
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var k = new ValueOption("--k", "N", "how many are found for each picture") { Default = "10" };
        var limit = new ValueOption("--limit", "N", "search at most so many training pictures; 0: all") { Default = "0" };
        var seed = new ValueOption("--seed", "N", "of the untrained network, and of the choice of pictures") { Default = "1" };
        var command = new Command("retrieval", "Measure how many found pictures are of the right class, by the encoder, random weights and raw pixels.")
        {
            run, data, k, limit, seed,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"], ["runs/cifar cifar10:data/cifar-10-batches-bin --k 10"],
            "Every test picture is searched for among the training pictures.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var request = new EvaluationRequest
            {
                Run = parsed.GetValue(run)!,
                Data = parsed.GetValue(data)!,
                K = k.Whole(parsed, 10),
                Limit = limit.Whole(parsed, 0),
                Seed = seed.Seed(parsed, 1),
            };
            return BenchCommand.Measured(session, (stage, cancellation) => RetrievalQuality.Measure(request, stage, cancellation), Show);
        });
        return command;
    }

    private static void Show(Session session, DuplicateQuality quality)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var heading in new[] { "average precision", "recall at 99 %", "at 95 %", "at 90 %", "suggested", "precision", "recall" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var score in quality.Scores)
            table.AddRow(score.Name, Numbers.Percent(score.AveragePrecision), Numbers.Percent(score.RecallAt99),
                Numbers.Percent(score.RecallAt95), Numbers.Percent(score.RecallAt90),
                score.Suggested?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–", Numbers.Percent(score.Precision),
                Numbers.Percent(score.Recall));
        session.Results.WriteLine(
            $"{Numbers.Count(quality.Copies)} copies among {Numbers.Count(quality.Originals)} pictures of {quality.Data}");
        session.Results.Write(table);
        session.Results.Write(ByKind(quality));
    }

    private static Table ByKind(DuplicateQuality quality)
    {
        var scores = quality.Scores.Where(score => score.RecallByKind is not null).ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumn("recall at the suggested threshold");
        foreach (var kind in scores[0].RecallByKind!.Keys) table.AddColumn(new TableColumn(kind).RightAligned());
        foreach (var score in scores) table.AddRow([score.Name, .. score.RecallByKind!.Values.Select(share => Numbers.Percent(share))]);
        return table;
    }

    private static void Show(Session session, RetrievalQuality quality)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var score in quality.Scores) table.AddColumn(new TableColumn(score.Name).RightAligned());
        foreach (var name in quality.Scores[0].ByClass.Keys)
            table.AddRow([name, .. quality.Scores.Select(score => Numbers.Percent(score.ByClass[name]))]);
        table.AddRow(["all", .. quality.Scores.Select(score => Numbers.Percent(score.Precision))]);
        session.Results.WriteLine($"Precision of the {quality.K} nearest of {Numbers.Count(quality.Bank)} pictures of {quality.Data}, "
            + $"for {Numbers.Count(quality.Queries)} queries");
        session.Results.Write(table);
    }
}
