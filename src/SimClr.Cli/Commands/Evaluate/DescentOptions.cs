using System.CommandLine;
using SimClr.Evaluation;

namespace SimClr.Cli.Commands;

/// <summary>The options of <c>evaluate linear</c> that choose between its two forms and set up the second.</summary>
internal sealed class DescentOptions
{
    private readonly ValueOption _solver;

    /// <param name="add">Makes an option and adds it to the command.</param>
    /// <param name="defaults">What holds where nothing is given.</param>
    public DescentOptions(Func<string, string, string, object, ValueOption> add, EvaluationRequest defaults)
    {
        _solver = add("--solver", "NAME", "lbfgs: exact, on pictures as they are; sgd: gradient descent on random crops", "lbfgs");
        Epochs = add("--epochs", "N", "passes of sgd", defaults.Epochs);
        LearningRate = add("--learning-rate", "RATE", "base learning rate of sgd, before scaling by the batch size",
            defaults.LearningRate);
        Views = add("--views", "N", "augmented copies of the pictures that sgd goes through in turn; 0 for the pictures as they are", defaults.Views);
    }

    public ValueOption Epochs { get; }

    public ValueOption LearningRate { get; }

    public ValueOption Views { get; }

    /// <summary>The protocol that was asked for.</summary>
    /// <exception cref="UsageException">There is no such solver, or an option belongs to the other one.</exception>
    public string Protocol(ParseResult parsed)
    {
        var solver = _solver.Text(parsed) ?? "lbfgs";
        if (solver == "sgd") return "linear-sgd";
        if (solver != "lbfgs") throw new UsageException($"{_solver.Name} must be lbfgs or sgd, not '{solver}'");
        foreach (var option in new[] { Epochs, LearningRate, Views })
            if (option.Text(parsed) is not null) throw new UsageException($"{option.Name} belongs to --solver sgd");
        return "linear";
    }
}
