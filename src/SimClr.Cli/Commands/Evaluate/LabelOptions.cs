using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Training;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary>The common options of commands that train with labels: RUN, DATA, which labels, and how to train.</summary>
internal sealed class LabelOptions
{
    private readonly OptionSet<FineTuningOptions> _training;

    /// <summary>Adds arguments and options to a command; the texts are the defaults to show.</summary>
    public LabelOptions(PageCommand command, string learningRate, string weightDecay, string transforms)
    {
        const string byLabels = "by the number of labels";
        Request = new OptionSet<FineTuningRequest>(command, new() { Run = "", Data = "" })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Under("Labels")
            .Add(o => o.Fraction, (o, v) => o with { Fraction = v }, "F",
                "share of the training labels to use, equally many of each class", shown: "1")
            .Add(o => o.PerClass, (o, v) => o with { PerClass = v }, "N", "use N labels of each class instead")
            .Add(o => o.LabelsFile, (o, v) => o with { LabelsFile = v }, "FILE",
                "use the labels that a file of an earlier evaluation lists", "--labels")
            .Under(IShownOption.Ungrouped);
        _training = new OptionSet<FineTuningOptions>(command, new())
            .Under("Training")
            .Add(o => o.Epochs, (o, v) => o with { Epochs = v }, "N", "passes over the labeled images", shown: byLabels)
            .Add(o => o.BatchSize, (o, v) => o with { BatchSize = v }, "N", "images per step", shown: byLabels)
            .Add(o => o.Optimizer, (o, v) => o with { Optimizer = v }, "NAME",
                "sgd (Nesterov), lars, adamw, or run: the run's and its settings")
            .Add(o => o.LearningRate, (o, v) => o with { LearningRate = v }, "RATE",
                "base learning rate, times the batch size / 256", shown: learningRate)
            .Add(o => o.WeightDecay, (o, v) => o with { WeightDecay = v }, "X",
                "weight decay; biases and batch norms are exempt", shown: weightDecay)
            .Add(o => o.WarmupEpochs, (o, v) => o with { WarmupEpochs = v }, "N",
                "epochs of linear warmup before the cosine; fractions allowed")
            .Add(o => o.Transforms, (o, v) => o with { Transforms = v }, "LIST",
                "what is done to training images, as for pretrain", shown: transforms)
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "seed of everything random, the choice of labels too")
            .Under("Machine")
            .AddMachine(o => o.Compute, (o, v) => o with { Compute = v }, "threads that decode and augment; 0 chooses");
    }

    /// <summary>Which labels. A command may add its own.</summary>
    public OptionSet<FineTuningRequest> Request { get; }

    /// <summary>The user's request.</summary>
    public FineTuningRequest Read(ParseResult parsed) => Request.Read(parsed) with { Training = _training.Read(parsed) };

    /// <summary>Trains under progress and shows the result.</summary>
    public static int Finish(Session session, FineTuningRequest request,
        Func<FineTuningRequest, IProgress<FineTuningProgress>?, CancellationToken, FineTuningResult> train)
    {
        var result = StageProgress.Run(session,
            words => train(request, new ClassifierLines(words, session.IsLive), session.Cancellation));
        session.NoteUnreadable(result.UnreadableImages);
        var report = RunReport.Write(request.Run);
        session.Results.Write(ClassifierTable.Of([result], RunFolder.Open(request.Run).ReadConfig().IsImported));
        if (result.LabelsFile is { } file) session.Results.WriteLine($"Labels:  {file}");
        session.Results.WriteLine(DataLines.Of(result.MeasuredOn));
        session.Results.WriteLine($"{Numbers.Count(result.TestCount)} test images. Report: {report}");
        session.WriteJson(result.ToJson());
        return ExitCode.Done;
    }
}
