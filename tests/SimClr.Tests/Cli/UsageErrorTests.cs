using SimClr.Cli;

namespace SimClr.Tests.Cli;

/// <summary>Each mistake on the command line gets one sentence that helps.</summary>
public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("unknown command 'infos'; did you mean info?", "infos")]
    [InlineData("unknown command 'bananas'", "bananas")]
    [InlineData("unknown option --colour-strength; did you mean --color-strength?", "pretrain", "--colour-strength", "1", "a")]
    [InlineData("unknown option --xyzzyplugh", "pretrain", "shapes", "--xyzzyplugh")]
    [InlineData("unknown option -x", "info", "-x")]
    [InlineData("--epochs needs a value: N", "pretrain", "shapes", "--out", "x", "--epochs")]
    [InlineData("--epochs is given twice", "pretrain", "shapes", "--epochs", "1", "--epochs", "2")]
    [InlineData("--epochs is given twice", "pretrain", "shapes", "--epochs=3", "--epochs", "3")]
    [InlineData("--online-probe is given twice", "pretrain", "shapes", "--online-probe", "true", "--online-probe", "false")]
    [InlineData("--json is given twice", "info", "run", "--json", "--json")]
    [InlineData("--no-baselines is given twice", "evaluate", "knn", "run", "data", "--no-baselines", "--k", "3",
        "--no-baselines")]
    [InlineData("evaluate needs one of linear, knn, finetune, supervised, gallery", "evaluate")]
    [InlineData("unknown command 'liner'; did you mean linear?", "evaluate", "liner", "run", "shapes")]
    [InlineData("linear needs RUN", "evaluate", "linear")]
    [InlineData("linear needs DATA", "evaluate", "linear", "run")]
    [InlineData("info needs RUN", "info")]
    [InlineData("'more' is one word too many", "info", "run", "more")]
    public void A_mistake_is_named(string message, params string[] args) =>
        Assert.Equal(message, UsageError.Find(CommandLine.Parse(args)));

    [Theory]
    [InlineData("info", "run")]
    [InlineData("pretrain", "shapes", "--out", "x", "--temperature", "-1")]
    [InlineData("pretrain", "shapes", "--out", "x", "--temperature=0.5")]
    [InlineData("pretrain", "--help")]
    [InlineData("evaluate", "knn", "run", "data", "--k", "5", "--json", "--quiet")]
    [InlineData("evaluate", "linear", "run", "data", "--solver", "sgd", "--epochs", "9", "--views", "3", "--learning-rate",
        "0.1")]
    [InlineData("bench", "knn", "--bank", "500", "--queries", "100", "--dim", "51", "--k", "20")]
    public void What_is_right_passes(params string[] args) => Assert.Null(UsageError.Find(CommandLine.Parse(args)));
}
