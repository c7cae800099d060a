using System.CommandLine;

namespace SimClr.Cli.Commands;

/// <summary>The words that several commands take.</summary>
internal static class Arguments
{
    private const string DataHelp = "shapes or shapes:N (built in, nothing to download), cifar10:DIR, or a folder of images";
    private const string RunHelp = "a run folder, as pretrain --out made it, or imagenet-resnet18";

    public static Argument<string> Data() => new("DATA") { Description = DataHelp };

    public static Argument<string?> OptionalData() => new("DATA") { Description = DataHelp, Arity = ArgumentArity.ZeroOrOne };

    public static Argument<string> Run() => new("RUN") { Description = RunHelp };

    public static Argument<string?> OptionalRun() => new("RUN") { Description = RunHelp, Arity = ArgumentArity.ZeroOrOne };
}
