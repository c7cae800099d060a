using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Pretraining;
using SimClr.Reports;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary>What commands have in common that train with labels: RUN, DATA, which labels, and how to train.</summary>
internal sealed class LabelOptions
{
    private static readonly ClassifierOptions Defaults = new();

    private readonly Argument<string?> _run = Arguments.Run(), _data = Arguments.Data();
    private readonly ValueOption _fraction, _perClass, _labels;
    private readonly ValueOption _epochs, _batch, _optimizer, _rate, _decay, _warmup, _transforms;
    private readonly ValueOption _precision, _device, _threads, _workers, _seed;

    /// <summary>Adds arguments and options to a command; the texts are the defaults to show.</summary>
    public LabelOptions(Command command, string learningRate, string weightDecay, string transforms)
    {
        command.Arguments.Add(_run);
        command.Arguments.Add(_data);
        ValueOption Add(string group, string name, string value, string help, string? shown = null)
        {
            var option = new ValueOption(name, value, help) { Group = group, Default = shown };
            command.Options.Add(option);
            return option;
        }
        const string labels = "Labels", training = "Training", machine = "Machine";
        _fraction = Add(labels, "--fraction", "F", "share of the training labels to use, equally many of each class", "1");
        _perClass = Add(labels, "--per-class", "N", "use N labels of each class instead");
        _labels = Add(labels, "--labels", "FILE", "use the labels that a file of an earlier evaluation lists");
        _epochs = Add(training, "--epochs", "N", "passes over the labelled pictures", "by the number of labels");
        _batch = Add(training, "--batch-size", "N", "pictures per step", "by the number of labels");
        _optimizer = Add(training, "--optimizer", "NAME", "sgd (Nesterov), lars, adamw, or run: the run's and its settings",
            Defaults.Optimizer);
        _rate = Add(training, "--learning-rate", "RATE", "base learning rate, times the batch size / 256", learningRate);
        _decay = Add(training, "--weight-decay", "X", "weight decay; biases and batch norms are exempt", weightDecay);
        _warmup = Add(training, "--warmup-epochs", "N", "epochs of linear warmup before the cosine; fractions allowed");
        _transforms = Add(training, "--transforms", "LIST", "what is done to training pictures, as for pretrain", transforms);
        _seed = Add(training, "--seed", "N", "seed of everything random, the choice of labels too", $"{Defaults.Seed}");
        _precision = Add(machine, "--precision", "NAME", "fp32, bf16 or auto", Defaults.Precision);
        _device = Add(machine, "--device", "NAME", "cpu, cuda, cuda:N or auto", Defaults.Device);
        _threads = Add(machine, "--threads", "N", "threads of one tensor operation; 0 means all cores", $"{Defaults.Threads}");
        _workers = Add(machine, "--workers", "N", "threads that decode and augment; 0 chooses", $"{Defaults.Workers}");
    }

    /// <summary>What the user asked for.</summary>
    /// <exception cref="UsageException">A value is not of its kind.</exception>
    public ClassificationRequest Request(ParseResult parsed) => new()
    {
        Run = parsed.GetValue(_run)!,
        Data = parsed.GetValue(_data)!,
        Fraction = Number(parsed, _fraction),
        PerClass = Whole(parsed, _perClass),
        LabelsFile = _labels.Text(parsed),
        Training = new ClassifierOptions
        {
            Epochs = Whole(parsed, _epochs),
            BatchSize = Whole(parsed, _batch),
            Optimizer = _optimizer.Text(parsed) ?? Defaults.Optimizer,
            LearningRate = Number(parsed, _rate),
            WeightDecay = Number(parsed, _decay),
            WarmupEpochs = Number(parsed, _warmup),
            Transforms = _transforms.Text(parsed),
            Seed = _seed.Seed(parsed, Defaults.Seed),
            Precision = _precision.Text(parsed) ?? Defaults.Precision,
            Device = _device.Text(parsed) ?? Defaults.Device,
            Threads = _threads.Whole(parsed, Defaults.Threads),
            Workers = _workers.Whole(parsed, Defaults.Workers),
        },
    };

    /// <summary>Trains under progress and shows the result.</summary>
    public static int Finish(Session session, string run, Func<IProgress<ClassifierProgress>, ClassifierResult> train)
    {
        var result = StageProgress.Run(session, words => train(new ClassifierLines(words, session.IsLive)));
        if (result.UnreadablePictures > 0)
            session.Note($"{Numbers.Count(result.UnreadablePictures)} pictures cannot be read and were left out.");
        var report = RunReport.Write(run);
        session.Results.Write(ClassifierTable.Of([result], RunFolder.Open(run).ReadConfig().IsImported));
        if (result.LabelsFile is { } file) session.Results.WriteLine($"Labels:  {file}");
        session.Results.WriteLine(DataLines.Of(result.MeasuredOn));
        session.Results.WriteLine($"{Numbers.Count(result.TestCount)} test pictures. Report: {report}");
        session.WriteJson(result.ToJson());
        return ExitCode.Done;
    }

    private static int? Whole(ParseResult parsed, ValueOption option) =>
        option.Text(parsed) is null ? null : option.Whole(parsed, 0);

    private static double? Number(ParseResult parsed, ValueOption option) =>
        option.Text(parsed) is null ? null : option.Number(parsed, 0);
}
