using System.CommandLine;
using System.CommandLine.Parsing;
using SimClr.Evaluation;

namespace SimClr.Cli.Commands;

/// <summary>The options of <c>evaluate linear</c> that choose between its two forms and set up the second.</summary>
internal static class DescentOptions
{
    private const string Exact = "linear", Descent = "linear-sgd";

    public static void AddTo(OptionSet<EvaluationRequest> options) => options
        .Add(o => o.Protocol, (o, v) => o with { Protocol = v }, "NAME",
            "lbfgs: exact, on images as they are; sgd: gradient descent on random crops", "--solver",
            shown: "lbfgs", read: Protocol)
        .Add(o => o.Epochs, (o, v) => o with { Epochs = v }, "N", "passes of sgd")
        .Add(o => o.LearningRate, (o, v) => o with { LearningRate = v }, "RATE",
            "base learning rate of sgd, before scaling by the batch size")
        .Add(o => o.Views, (o, v) => o with { Views = v }, "N",
            "augmented copies of the images that sgd goes through in turn; 0 for the images as they are");

    /// <summary>Refuses options that the chosen form ignores.</summary>
    /// <exception cref="UsageException">An option belongs to the other one.</exception>
    public static void Require(OptionSet<EvaluationRequest> options, ParseResult parsed)
    {
        if (options.Read(parsed).Protocol != Exact) return;
        if (options.Given(parsed).FirstOrDefault(name => name is "--epochs" or "--learning-rate" or "--views") is { } stray)
            throw new UsageException($"{stray} belongs to --solver sgd");
    }

    private static string Protocol(ArgumentResult result) => ValueReader.Text(result) switch
    {
        "lbfgs" => Exact,
        "sgd" => Descent,
        _ => ValueReader.Wrong(result, "lbfgs or sgd", Exact),
    };
}
